/**
 * Goal: the house stays one that can be read: small files, short functions, no circle, nothing written twice.
 * Method: every source is parsed and held against the rules; what may break one stands in a list with its reason.
 */
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { circlesIn } from './circles.ts';
import { type Source, sourcesIn } from './sources.ts';
import { twinsIn } from './twins.ts';

const everything = sourcesIn('src', 'ui', 'addon', 'test');
const sources = everything.filter(({ path }) => !path.startsWith('test/'));
const product = sources.filter(({ isTest }) => !isTest);

const mostLines = 400;
const mostLinesOfTest = 600;
const mostLinesOfFunction = 70;

/** The API promises its own words: the ledger may get a reason that answers must word otherwise. */
const allowedTwins = [/^src\/ledger\/entries\/entry\.ts:\d+ = src\/schemas\/ledger\.ts:\d+ /];

function imported(source: Source, paths: ReadonlySet<string>): string[] {
  return source.imports.map(({ from }) => from).filter((from) => paths.has(from) && from !== source.path);
}

describe('the house', () => {
  const paths = new Set(product.map(({ path }) => path));

  it('has no files that import each other in a circle', () => {
    expect(
      circlesIn(new Map(product.map((source) => [source.path, new Set(imported(source, paths))]))),
    ).toEqual([]);
  });

  it('has no folders that import each other in a circle', () => {
    const folders = new Map<string, Set<string>>();
    for (const source of product.filter(({ path }) => path.startsWith('src/'))) {
      const from = folders.get(dirname(source.path)) ?? new Set();
      for (const path of imported(source, paths))
        if (dirname(path) !== dirname(source.path)) from.add(dirname(path));
      folders.set(dirname(source.path), from);
    }
    expect(circlesIn(folders)).toEqual([]);
  });

  it('has no file that is too long to be read at once', () => {
    const long = everything
      .filter(({ isTest, lines }) => lines.length > (isTest ? mostLinesOfTest : mostLines))
      .map(({ path, lines }) => `${path}: ${lines.length}`);
    expect(long).toEqual([]);
  });

  it('has no function that is too long to be read at once', () => {
    const long = product.flatMap(({ path, functions }) =>
      functions
        .filter(({ lines }) => lines > mostLinesOfFunction)
        .map(({ name, line, lines }) => `${path}:${line} ${name}: ${lines}`),
    );
    expect(long).toEqual([]);
  });

  it('exports nothing that no other file uses', () => {
    const used = new Set<string>();
    const takenWhole = new Set<string>();
    for (const { imports } of everything)
      for (const { from, names, takesAll } of imports) {
        if (takesAll) takenWhole.add(from);
        for (const name of names) used.add(`${from} ${name}`);
      }
    const idle = product.flatMap(({ path, exports }) =>
      takenWhole.has(path) ? [] : exports.map((name) => `${path} ${name}`).filter((each) => !used.has(each)),
    );
    expect(idle).toEqual([]);
  });

  it('has no repeated blocks of code', () => {
    const twins = twinsIn(product.filter(({ path }) => /^(src|ui)\//.test(path)));
    expect(twins.filter((twin) => !allowedTwins.some((allowed) => allowed.test(twin)))).toEqual([]);
  });

  it('has a docstring on each exported function of the core', () => {
    const described = /^src\/(units|ledger|balance|statistics|tariffs)\//;
    const silent = product
      .filter(({ path }) => described.test(path))
      .flatMap(({ path, functions }) =>
        functions
          .filter(({ isExported, hasDocstring }) => isExported && !hasDocstring)
          .map(({ name, line }) => `${path}:${line} ${name}`),
      );
    expect(silent).toEqual([]);
  });
});
