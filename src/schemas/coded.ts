import { z } from 'zod';

/** `{code, values}`: what a sentence says, for callers that make their own. */
export const coded = <C extends string, V extends z.ZodRawShape>(code: C, values: V) =>
  z.object({ code: z.literal(code), values: z.object(values) });
