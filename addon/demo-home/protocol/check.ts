/** Refuses badly formed commands in Core's words: `expected str at 'start_time'. Got 5`. */

type Shape =
  | 'str'
  | 'bool'
  | 'int'
  | 'dict'
  | '[str]'
  | '[dict]'
  | readonly string[]
  | readonly [readonly string[]];

export interface Fields {
  readonly [name: string]: { readonly shape: Shape; readonly optional?: true };
}

export const required = (shape: Shape) => ({ shape }) as const;
export const optional = (shape: Shape) => ({ shape, optional: true }) as const;

export type Message = Readonly<Record<string, unknown>> & { readonly id: number; readonly type: string };

/** What is wrong, one line each in Core's order; null when it is well formed. */
export function complaint(message: Message, fields: Fields): string | null {
  const lines: string[] = [];
  for (const [name, { shape, optional: mayMiss }] of Object.entries(fields)) {
    const value = message[name];
    if (value === undefined) {
      if (mayMiss !== true) lines.push(`required key not provided at '${name}'. Got None`);
    } else {
      const wrong = mismatch(value, shape, name);
      if (wrong !== null) lines.push(wrong);
    }
  }
  const isExtra = Object.keys(message).some((name) => name !== 'id' && name !== 'type' && !(name in fields));
  if (isExtra) lines.push(`extra keys not allowed. Got ${pythonText(message)}`);
  return lines.length === 0 ? null : lines.sort().join('\n');
}

function mismatch(value: unknown, shape: Shape, path: string): string | null {
  const expected = (what: string) => `expected ${what} at '${path}'. Got ${pythonText(value)}`;
  if (typeof shape !== 'string') {
    const [first] = shape;
    if (Array.isArray(first)) {
      if (!Array.isArray(value)) return expected('a list');
      const at = value.findIndex((item) => !first.includes(item));
      return at < 0 ? null : `${oneOf(first)} at '${path}[${at}]'. Got ${pythonText(value[at])}`;
    }
    const choices = shape as readonly string[];
    return typeof value === 'string' && choices.includes(value)
      ? null
      : `${oneOf(choices)} at '${path}'. Got ${pythonText(value)}`;
  }
  switch (shape) {
    case 'str':
      return typeof value === 'string' ? null : expected('str');
    case 'bool':
      return typeof value === 'boolean' ? null : expected('bool');
    case 'int':
      return Number.isInteger(value) ? null : expected('int');
    case 'dict':
      return isRecord(value) ? null : expected('a dictionary');
    case '[str]':
    case '[dict]': {
      if (!Array.isArray(value)) return expected('a list');
      const at = value.findIndex((item) => (shape === '[str]' ? typeof item !== 'string' : !isRecord(item)));
      if (at < 0) return null;
      return `expected ${shape === '[str]' ? 'str' : 'a dictionary'} at '${path}[${at}]'. Got ${pythonText(value[at])}`;
    }
  }
}

function oneOf(choices: readonly string[]): string {
  return `expected ${choices.map((choice) => `'${choice}'`).join(' or ')}`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as Python prints it. */
function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  if (isRecord(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `'${key}': ${pythonText(item)}`)
      .join(', ')}}`;
  return String(value);
}
