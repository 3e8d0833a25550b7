/** The shapes that every route's description shares. */
import type { z } from '@hono/zod-openapi';
import { problem } from '../../schemas/common.ts';

const problemContent = { 'application/problem+json': { schema: problem.meta({ id: 'Problem' }) } };

const texts = {
  400: 'The input is not right; `field` names it and `expected` says what would be',
  403: 'Not allowed',
  404: 'Not known',
  409: 'Not possible as things are',
  413: 'The body is too long',
  415: 'The body is not JSON',
  503: 'A part that this needs does not answer; `Retry-After` says when to try again',
} as const;

type ProblemStatus = keyof typeof texts;

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

/**
 * What any operation may answer by what it takes, whether its route says so or not: whoever may not ask is refused, input
 * is checked, and so is the size and kind of a body.
 */
export function commonProblems(operation: { readonly hasInput: boolean; readonly mayHaveBody: boolean }) {
  const body = operation.mayHaveBody ? ([413, 415] as const) : [];
  return problems(...(operation.hasInput ? ([400] as const) : []), 403, ...body);
}

export function problems(...statuses: readonly ProblemStatus[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: texts[status], content: problemContent }]),
  );
}

export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } };
}
