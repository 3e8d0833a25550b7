/** What a call of the API is described by, in the words of an OpenAPI operation. Its key is its method and its path. */
import { z } from 'zod';
import { problem } from './common.ts';

const problemContent = { 'application/problem+json': { schema: problem.meta({ id: 'Problem' }) } };

const problemTexts = {
  400: 'The input is not valid; `field` names it and `expected` says what is',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not possible in the present state',
  413: 'The body is too long',
  415: 'The body is not JSON',
  503: 'A part that this call needs does not answer; `Retry-After` says when to try again',
} as const;

type ProblemStatus = keyof typeof problemTexts;

interface Call {
  readonly tags: string[];
  readonly summary: string;
  readonly description?: string;
  readonly request?: {
    readonly params?: z.ZodObject;
    readonly query?: z.ZodObject;
    readonly body?: {
      readonly required: boolean;
      readonly content: { readonly 'application/json': { readonly schema: z.ZodObject } };
    };
  };
  readonly responses: Readonly<
    Record<
      number,
      {
        readonly description: string;
        readonly content?: Readonly<Record<string, { readonly schema: z.ZodType }>>;
      }
    >
  >;
}

/** Calls by method and path, for example `GET /api/readings/{entity_id}`. */
export type CallTable = Readonly<Record<`${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`, Call>>;

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { 'application/json': { schema } } };
}

export function text<T extends string>(contentType: T, description: string) {
  const content = { schema: z.string() };
  return { description, content: { [contentType]: content } as Record<T, typeof content> };
}

export function problems<S extends ProblemStatus>(...statuses: readonly S[]) {
  const described = (status: S) => ({ description: problemTexts[status], content: problemContent });
  return Object.fromEntries(statuses.map((status) => [status, described(status)])) as Record<
    S,
    ReturnType<typeof described>
  >;
}

/**
 * What any operation may answer, whether its entry lists it or not: callers without access are refused, and input, size
 * and type of a body are checked.
 */
export function commonProblems(operation: { readonly hasInput: boolean; readonly mayHaveBody: boolean }) {
  const body = operation.mayHaveBody ? ([413, 415] as const) : [];
  return problems(...(operation.hasInput ? ([400] as const) : []), 403, ...body);
}

export function body<T extends z.ZodObject>(schema: T) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

export function optionalBody<T extends z.ZodObject>(schema: T) {
  return { required: false as const, content: { 'application/json': { schema } } };
}
