/** The shapes that every route's description shares. */
import type { z } from '@hono/zod-openapi';
import { problem } from '../../contract/common.ts';

const problemContent = { 'application/problem+json': { schema: problem.meta({ id: 'Problem' }) } };

const texts = {
  400: 'The input is not right; `field` names it and `expected` says what would be',
  403: 'Not allowed',
  404: 'Not known',
  409: 'Not possible as things are',
  503: 'A part that this needs does not answer; `Retry-After` says when to try again',
} as const;

type ProblemStatus = keyof typeof texts;

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

export function problems(...statuses: readonly ProblemStatus[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: texts[status], content: problemContent }]),
  );
}

export function body<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } };
}
