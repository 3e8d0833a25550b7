import { expect } from 'vitest';
import type { z } from 'zod';

/** The parsed body of an answer; fails when the status is another one, or the body does not fit the schema. */
export async function answer<T extends z.ZodType>(
  response: Response | Promise<Response>,
  schema: T,
  code = 200,
): Promise<z.output<T>> {
  const got = await response;
  const body: unknown = await got.json();
  expect({ status: got.status, body }).toMatchObject({ status: code });
  return schema.parse(body);
}
