/** What a schema refused, as one plain sentence that names the field and what would be right: no validator's own words. */
import type { z } from 'zod';

interface InputProblem {
  readonly field: string;
  readonly detail: string;
  readonly expected: string;
}

const types: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a JSON object',
  string: 'a text',
};

const formats: Readonly<Record<string, string>> = {
  date: 'a day as YYYY-MM-DD, for example 2026-11-21',
  datetime: 'an ISO 8601 instant with offset, for example 2026-11-21T08:00:00Z',
  url: 'an address that begins with http:// or https://',
};

/** An unexpected key may be as long as the body. */
const longestField = 200;
const any = 'what the description at api/docs says';

/** "at least 1", "at most 500 characters". */
function bounded(
  side: 'least' | 'most',
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  bound: number | bigint,
): string {
  const isSingle = Number(bound) === 1;
  const unit =
    issue.origin === 'string'
      ? ` character${isSingle ? '' : 's'}`
      : issue.origin === 'array'
        ? ` element${isSingle ? '' : 's'}`
        : '';
  const than = side === 'least' ? 'more than' : 'less than';
  const words = issue.inclusive === false ? than : `at ${side}`;
  const head = issue.origin === 'array' ? 'a list of ' : issue.origin === 'string' ? 'a text of ' : '';
  return `${head}${words} ${bound}${unit}`;
}

/** What would be right. Texts that our own schemas give are of that form already. */
function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? any;
    case 'invalid_value': {
      const values = issue.values.map(String);
      return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
    }
    case 'too_small':
      return bounded('least', issue, issue.minimum);
    case 'too_big':
      return bounded('most', issue, issue.maximum);
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return formats[issue.format] ?? (issue.message.startsWith('Invalid') ? any : issue.message);
    default:
      return issue.message.startsWith('Invalid') ? any : issue.message;
  }
}

function isMissing(input: unknown, path: readonly PropertyKey[]): boolean {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return false;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return path.length > 0 && value === undefined;
}

/**
 * @param whole what the input as a whole is called: body, query, param
 * @param input as it came, before it was checked
 */
export function inputProblem(issue: z.core.$ZodIssue, whole: string, input: unknown): InputProblem {
  if (issue.code === 'unrecognized_keys') {
    const field = [...issue.path, issue.keys[0] ?? ''].map(String).join('.').slice(0, longestField);
    return { field, detail: `${field} is not a field of this call.`, expected: 'no such field' };
  }
  const field = issue.path.length === 0 ? whole : issue.path.map(String).join('.');
  const expected = expectedOf(issue);
  const detail = isMissing(input, issue.path)
    ? `${field} is missing: it must be ${expected}.`
    : `${field} must be ${expected}.`;
  return { field, detail, expected };
}
