/**
 * Goal: the bootstrap asks for an installation exactly when something is missing or too old.
 * Method: its judgements, as pure functions, on what npm, Java and Go really print.
 */
import { describe, expect, it } from 'vitest';
import { isGoEnough, javaMajor, needsOf } from './needs.mjs';
import { isBehind } from './packages.mjs';

describe('npm packages', () => {
  const hono = { version: '4.13.19', integrity: 'sha512-a' };
  const wanted = { '': { version: '0.1.0' }, 'node_modules/hono': hono };

  it('are up to date when everything wanted is installed', () => {
    expect(isBehind(wanted, { 'node_modules/hono': hono, 'node_modules/more': hono })).toBe(false);
  });

  it('are behind when one is missing, older, or another file under the same version', () => {
    expect(isBehind(wanted, {})).toBe(true);
    expect(isBehind(wanted, { 'node_modules/hono': { ...hono, version: '4.13.18' } })).toBe(true);
    expect(isBehind(wanted, { 'node_modules/hono': { ...hono, integrity: 'sha512-b' } })).toBe(true);
  });

  it("do not miss another platform's optional ones", () => {
    const withOptional = { ...wanted, 'node_modules/darwin': { ...hono, optional: true } };
    expect(isBehind(withOptional, { 'node_modules/hono': hono })).toBe(false);
  });
});

describe('system programs', () => {
  it('reads the version of old and new Javas', () => {
    expect(javaMajor('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment')).toBe(17);
    expect(javaMajor('java version "1.8.0_392"')).toBe(8);
    expect(javaMajor('openjdk version "25" 2025-09-16')).toBe(25);
    expect(javaMajor(undefined)).toBeUndefined();
  });

  it('takes Go 1.24, or one that fetches 1.24 by itself', () => {
    expect(isGoEnough('go version go1.26.8 linux/amd64', false)).toBe(true);
    expect(isGoEnough('go version go1.24.4 linux/amd64', false)).toBe(true);
    expect(isGoEnough('go version go1.21.0 linux/amd64', true)).toBe(true);
    expect(isGoEnough('go version go1.21.0 linux/amd64', false)).toBe(false);
    expect(isGoEnough('go version go1.19.8 linux/amd64', true)).toBe(false);
  });

  const names = (script: string, args: string[] = []) => needsOf(script, args).map((need) => need.package);

  it('asks for a browser only for the tests', () => {
    expect(names('test/run.ts')).toContain('chromium');
    expect(names('addon/start.ts')).not.toContain('chromium');
  });

  it('asks for what the named suites need, once', () => {
    expect(names('test/run.ts', ['types', 'unit'])).toEqual(['libatomic1']);
    expect(names('test/run.ts', ['stores', 'go'])).toEqual([
      'libatomic1',
      'default-jre-headless',
      'maven',
      'golang-go',
    ]);
    expect(new Set(names('test/run.ts')).size).toBe(names('test/run.ts').length);
  });

  it('asks for what Node 26 needs whatever is run, since a bare Debian 13 lacks it', () => {
    for (const script of ['addon/start.ts', 'addon/image.ts', 'addon/verify.ts', 'test/run.ts'])
      expect(names(script)).toContain('libatomic1');
  });
});
