/** The source files of the repository as the structure tests see them: their lines, imports, exports and functions. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'vite';

export const root = resolve(import.meta.dirname, '../..');

/** An import or a re-export; `names` is empty where all is taken. */
interface Import {
  /** A file of ours from the root, or a package. */
  readonly from: string;
  readonly isOurs: boolean;
  readonly names: readonly string[];
  readonly takesAll: boolean;
}

interface FoundFunction {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
  readonly isExported: boolean;
  readonly hasDocstring: boolean;
}

export interface Source {
  /** From the root, with `/`. */
  readonly path: string;
  readonly isTest: boolean;
  readonly text: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
  readonly exports: readonly string[];
  readonly functions: readonly FoundFunction[];
}

/** Built or brought here by others. */
const passedOver = new Set(['node_modules', 'dist', '.cache', '.git']);

/** What is there for tests alone: tests, their doubles and worlds. */
const forTests = /(\.(test|bench)\.tsx?$)|(^|\/)testing\/|^test\//;

/** Every TypeScript file below the folders. */
export function sourcesIn(...folders: readonly string[]): Source[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => !path.split('/').some((part) => passedOver.has(part)))
      .sort()
      .map(readSource),
  );
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const { program } = parseSync(path, text);
  const body = (program as unknown as { readonly body: readonly Node[] }).body;
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  const functions: FoundFunction[] = [];
  const walk = (node: Node, name: string, outermost: Node): void => {
    const named = nameOf(node) ?? name;
    if (/Function/.test(node.type) && isNode(node.body))
      functions.push({
        name: named,
        line: lineAt(node.start),
        lines: lineAt(node.end) - lineAt(node.start) + 1,
        isExported: outermost.type.startsWith('Export') && isDeclaredBy(outermost, node),
        hasDocstring: /\*\/\s*$/.test(text.slice(0, outermost.start)),
      });
    for (const child of childrenOf(node)) walk(child, named, outermost);
  };
  for (const statement of body) walk(statement, '', statement);
  return {
    path,
    isTest: forTests.test(path),
    text,
    lines: text.replace(/\n$/, '').split('\n'),
    imports: importsIn(body, path, text),
    exports: exportsIn(body),
    functions,
  };
}

/** `export function f` or `export const f = () =>`: the function itself, none inside of it. */
function isDeclaredBy(statement: Node, node: Node): boolean {
  const declaration = statement.declaration;
  if (!isNode(declaration)) return false;
  if (declaration === node) return true;
  const declarators = declaration.declarations;
  return Array.isArray(declarators) && declarators.some((each: Node) => each.init === node);
}

function nameOf(node: Node): string | undefined {
  const named = isNode(node.id) ? node.id : isNode(node.key) ? node.key : undefined;
  return typeof named?.name === 'string' ? named.name : undefined;
}

function importsIn(body: readonly Node[], path: string, text: string): Import[] {
  const target = (specifier: string): Pick<Import, 'from' | 'isOurs'> =>
    specifier.startsWith('.')
      ? { from: relative(root, resolve(root, dirname(path), specifier)), isOurs: true }
      : { from: specifier, isOurs: false };
  const found = body.flatMap((statement): Import[] => {
    const source = statement.source;
    if (!isNode(source) || typeof source.value !== 'string') return [];
    const specifiers = (statement.specifiers ?? []) as readonly Node[];
    const names = specifiers.map(({ imported, local, type }) => {
      if (type === 'ImportDefaultSpecifier') return 'default';
      const named = imported ?? (type === 'ExportSpecifier' ? local : undefined);
      return isNode(named) && typeof named.name === 'string' ? named.name : '*';
    });
    const takesAll = statement.type === 'ExportAllDeclaration' || names.includes('*');
    return [{ ...target(source.value), names, takesAll }];
  });
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map((match) => ({
    ...target(match[1] ?? ''),
    names: [],
    takesAll: true,
  }));
  return [...found, ...dynamic];
}

function exportsIn(body: readonly Node[]): string[] {
  return body
    .filter(({ type, source }) => type === 'ExportNamedDeclaration' && !isNode(source))
    .flatMap(({ declaration, specifiers }) => {
      if (isNode(declaration)) {
        const declarators = declaration.declarations;
        const own = Array.isArray(declarators) ? declarators.map(nameOf) : [nameOf(declaration)];
        return own.filter((name) => name !== undefined);
      }
      return ((specifiers ?? []) as readonly Node[]).flatMap(({ exported }) =>
        isNode(exported) && typeof exported.name === 'string' ? [exported.name] : [],
      );
    });
}
