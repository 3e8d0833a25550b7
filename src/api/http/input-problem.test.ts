/**
 * Goal: whatever a schema refuses is said in one plain sentence, in our words.
 * Method: every kind of issue that the API's schemas can raise, by a schema that raises it.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { entityId, instant, meterId } from '../../schemas/common.ts';
import { homeAssistantSettings } from '../../schemas/settings.ts';
import { inputProblem } from './input-problem.ts';

function said(schema: z.ZodType, input: unknown, whole = 'body') {
  const [issue] = schema.safeParse(input).error?.issues ?? [];
  if (issue === undefined) throw new Error('Nothing was refused');
  return inputProblem(issue, whole, input);
}

describe('what is said', () => {
  const { url, token } = homeAssistantSettings.shape;
  it.each([
    ['a missing text', z.string(), undefined, 'x is missing: it must be a text.'],
    ['a missing number of an address', z.coerce.number(), undefined, 'x is missing: it must be a number.'],
    ['null', z.string(), null, 'x must be a text.'],
    ['a number', z.number(), 'many', 'x must be a number.'],
    ['a whole number', z.number().int(), 1.5, 'x must be a whole number.'],
    ['true or false', z.boolean(), 'yes', 'x must be true or false.'],
    ['a list', z.array(z.string()), 'yes', 'x must be a list.'],
    ['too little', z.number().min(1), 0, 'x must be at least 1.'],
    ['too much', z.number().max(500), 501, 'x must be at most 500.'],
    ['the bound itself', z.number().gt(1), 1, 'x must be more than 1.'],
    ['the other bound itself', z.number().lt(1), 1, 'x must be less than 1.'],
    ['no multiple', z.number().multipleOf(15), 20, 'x must be a multiple of 15.'],
    ['too short', z.string().min(1), '', 'x must be a text of at least 1 character.'],
    ['too long', z.string().max(2), 'abc', 'x must be a text of at most 2 characters.'],
    ['too few', z.array(z.string()).min(1), [], 'x must be a list of at least 1 element.'],
    ['too many', z.array(z.string()).max(2), ['a', 'b', 'c'], 'x must be a list of at most 2 elements.'],
    ['none of the words', z.enum(['day', 'month']), 'year', 'x must be one of day, month.'],
    ['not the word', z.literal('yes'), 'no', 'x must be yes.'],
    ['no address', url, 'nowhere', 'x must be an address that begins with http:// or https://.'],
    ['a blank token', token, '  ', 'x must be a text of at least 1 character.'],
    ['no day', z.iso.date(), '5-11', 'x must be a day as YYYY-MM-DD, for example 2026-11-21.'],
    [
      'no instant',
      instant,
      '2026-11-21',
      'x must be an ISO 8601 instant with offset, for example 2026-11-21T08:00:00Z.',
    ],
    ['no entity', entityId, '0.5', 'x must be an entity id such as sensor.grid_import.'],
    [
      'no meter',
      meterId,
      'home',
      'x must be an entity id such as sensor.grid_import, an external statistic, or a flow of the home such as home:use.',
    ],
    ['what has no words', z.email(), 'x', 'x must be what the description at api/docs says.'],
  ])('of %s', (_, schema, value, detail) => {
    const answered = said(z.object({ x: schema }), value === undefined ? {} : { x: value });
    expect(answered).toMatchObject({ field: 'x', detail });
    expect(detail).toContain(answered.expected);
  });

  it('of a place within, of the whole, and of what is no field', () => {
    const list = z.object({ x: z.array(z.object({ y: z.number() })) });
    expect(said(list, { x: [{ y: 1 }, { y: 'a' }] })).toMatchObject({ field: 'x.1.y' });
    expect(said(list, { x: [{}] }).detail).toBe('x.0.y is missing: it must be a number.');
    expect(said(list, []).detail).toBe('body must be a JSON object.');
    const strict = z.strictObject({ x: z.number().optional() });
    expect(said(strict, { colour: 'red' })).toEqual({
      field: 'colour',
      detail: 'colour is not a field of this call.',
      expected: 'no such field',
    });
    expect(said(strict, { ['y'.repeat(100_000)]: 1 }).detail.length).toBeLessThan(300);
  });
});
