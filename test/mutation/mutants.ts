/**
 * Finds the places of a source where one operator can be another, and writes the source with all of these changes in
 * it, each asleep until its number is asked for: so a file is transformed once, however many mutants it has.
 */
import { parseSync } from 'vite';

/** One change of one operator, constant or call. */
export interface Mutant {
  readonly id: number;
  readonly line: number;
  /** The source's line on which the change begins, trimmed. */
  readonly code: string;
  /** As `< → <=`. */
  readonly change: string;
}

export interface Mutated {
  readonly mutants: readonly Mutant[];
  /** The source with every change in it, each behind `mutantIsActive(id)`. */
  readonly instrumented: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Change {
  readonly node: Node;
  /** Where the part that changes begins. */
  readonly at: number;
  readonly change: string;
  /** The whole node's text, changed. */
  readonly text: string;
}

const others: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '<': ['<='],
  '<=': ['<'],
  '>': ['>='],
  '>=': ['>'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+=': ['-='],
  '-=': ['+='],
  '++': ['--'],
  '--': ['++'],
  '0': ['1'],
  '1': ['0'],
  '0n': ['1n'],
  '1n': ['0n'],
  true: ['false'],
  false: ['true'],
  min: ['max'],
  max: ['min'],
  every: ['some'],
  some: ['every'],
};
const removableCalls = new Set(['sort', 'toSorted', 'reverse', 'toReversed', 'filter']);
const typedExpressions = new Set(['TSAsExpression', 'TSNonNullExpression', 'TSSatisfiesExpression']);

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
const nodeOf = (node: Node, key: string): Node | undefined => {
  const value = node[key];
  return isNode(value) ? value : undefined;
};
const isText = (node: Node): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');

/**
 * All mutants of a source, in the order of its text, numbered from `firstId`.
 *
 * @throws when the source is not TypeScript.
 */
export function mutate(source: string, firstId: number): Mutated {
  const { program, errors } = parseSync('source.ts', source);
  if (errors[0] !== undefined) throw new Error(errors[0].message);
  const changes = changesIn(program, source, false).sort((a, b) => a.at - b.at);
  const mutants = changes.map(({ at, change }, index) => {
    const lines = source.slice(0, at).split('\n');
    return { id: firstId + index, line: lines.length, code: lineAt(source, at), change };
  });
  return { mutants, instrumented: instrument(source, changes, firstId) };
}

function lineAt(source: string, at: number): string {
  const end = source.indexOf('\n', at);
  return source.slice(source.lastIndexOf('\n', at - 1) + 1, end === -1 ? undefined : end).trim();
}

/** `isInChain`: a call inside `a?.b().c()` can't be set in parentheses without changing what `?.` skips. */
function changesIn(value: unknown, source: string, isInChain: boolean): Change[] {
  if (Array.isArray(value)) return value.flatMap((each) => changesIn(each, source, false));
  if (!isNode(value) || value.type === 'ImportDeclaration') return [];
  if (value.type.startsWith('TS'))
    return typedExpressions.has(value.type) ? changesIn(value.expression, source, isInChain) : [];
  const isKey = (key: string): boolean => key === 'key' && value.computed !== true;
  const isLink =
    value.type === 'ChainExpression' || value.type === 'MemberExpression' || value.type === 'CallExpression';
  const below = Object.entries(value).flatMap(([key, child]) =>
    isKey(key)
      ? []
      : changesIn(
          child,
          source,
          value.type === 'ChainExpression' || (isInChain && isLink && key !== 'property'),
        ),
  );
  return [...(isInChain ? [] : changesOf(value, source)), ...below];
}

function changesOf(node: Node, source: string): Change[] {
  const text = (from: number, to: number): string => source.slice(from, to);
  /** The node with the part from `at` replaced. */
  const replaced = (at: number, old: string, news: readonly string[] = others[old] ?? []): Change[] =>
    news.map((other) => ({
      node,
      at,
      change: `${old} → ${other}`,
      text: `${text(node.start, at)}${other}${text(at + old.length, node.end)}`,
    }));
  const left = nodeOf(node, 'left');
  const right = nodeOf(node, 'right');
  const operator = String(node.operator);
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression':
    case 'AssignmentExpression': {
      if (left === undefined || right === undefined) return [];
      if (operator === '+' && (isText(left) || isText(right))) return [];
      const at = source.indexOf(operator, left.end);
      return (others[operator] ?? []).map((other) => ({
        node,
        at,
        change: `${operator} → ${other}`,
        // `a ?? b && c` is no program: the operands keep their own parentheses.
        text:
          node.type === 'AssignmentExpression'
            ? `(${text(left.start, left.end)} ${other} ${text(right.start, right.end)})`
            : `(${text(left.start, left.end)}) ${other} (${text(right.start, right.end)})`,
      }));
    }
    case 'UpdateExpression':
      return replaced(node.prefix === true ? node.start : node.end - 2, operator);
    case 'UnaryExpression':
      return operator === '!' || operator === '-' ? replaced(node.start, operator, ['']) : [];
    case 'Literal':
      return isText(node) ? [] : replaced(node.start, text(node.start, node.end));
    case 'CallExpression':
      return changesOfCall(node, source, replaced);
    default:
      return [];
  }
}

function changesOfCall(
  node: Node,
  source: string,
  replaced: (at: number, old: string) => Change[],
): Change[] {
  const callee = nodeOf(node, 'callee');
  const object = callee && nodeOf(callee, 'object');
  const property = callee && nodeOf(callee, 'property');
  if (callee?.type !== 'MemberExpression' || object === undefined || property === undefined) return [];
  const name = String(property.name);
  const isMath = object.name === 'Math';
  if (isMath ? name === 'min' || name === 'max' : name === 'every' || name === 'some')
    return replaced(property.start, name);
  if (!removableCalls.has(name)) return [];
  return [
    { node, at: property.start, change: `.${name}() → `, text: source.slice(object.start, object.end) },
  ];
}

function instrument(source: string, changes: readonly Change[], firstId: number): string {
  const choices = new Map<Node, string>();
  changes.forEach(({ node, text }, index) => {
    choices.set(node, `${choices.get(node) ?? ''}mutantIsActive(${firstId + index}) ? (${text}) : `);
  });
  const nodes = [...choices.keys()].sort((a, b) => a.start - b.start || b.end - a.end);
  /** The text between two places, with the nodes from `next` on that lie in it. */
  const written = (from: number, to: number, next: number): string => {
    let text = '';
    let at = from;
    for (let index = next; index < nodes.length; index++) {
      const node = nodes[index];
      if (node === undefined || node.start >= to) break;
      if (node.start < at) continue;
      const inner = written(node.start, node.end, index + 1);
      text += `${source.slice(at, node.start)}(${choices.get(node)}(${inner}))`;
      at = node.end;
    }
    return text + source.slice(at, to);
  };
  return written(0, source.length, 0);
}
