/**
 * Goal: every operator that can be another is found, the source with all changes in it does what it did while none is
 * active, and the list of equivalents can't hide what it does not name.
 * Method: small sources by hand, run with each change active; verdicts by hand.
 */
import { describe, expect, it } from 'vitest';
import { type Mutant, mutate } from './mutants.ts';
import { report, type Verdict } from './report.ts';

const changesOf = (source: string): string[] => mutate(source, 0).mutants.map(({ change }) => change);

/** The value of an expression with a change active; −1 is none. */
function evaluated(expression: string, active: number): unknown {
  const { instrumented } = mutate(`const x = ${expression};`, 0);
  return new Function('mutantIsActive', `${instrumented} return x;`)((id: number) => id === active);
}

describe('mutate', () => {
  it('finds operators, constants and calls, and leaves types, keys, imports and texts alone', () => {
    expect(changesOf('const a = b < c && d !== 0 ? -e : Math.min(f, 1n);')).toEqual([
      ...['< → <=', '&& → ||', '!== → ===', '0 → 1', '- → ', 'min → max', '1n → 0n'],
    ]);
    expect(changesOf('for (let i = 0; i < n; i++) total += list.filter(Boolean)[i]!;')).toEqual([
      ...['0 → 1', '< → <=', '++ → --', '+= → -=', '.filter() → '],
    ]);
    expect(changesOf("import a from 'b'; type T = 0 | 1; const o = { 0: `n` + m };")).toEqual([]);
  });

  it('keeps what `?.` skips', () => {
    expect(changesOf('const a = b?.filter(c).at(-1);')).toEqual(['- → ', '1 → 0']);
    expect(evaluated('undefined?.filter(Boolean).length', -1)).toBeUndefined();
  });

  it.each([
    ['(2 + 3) * 4 - 1', 19, [-5, 0.25, 21, 20]],
    ['(null ?? 3) > 2 || false', true, [false, true, false, true]],
    ['[3, 1, 2].sort((a, b) => a - b).at(0)', 1, [0, 3, 3, 2]],
    ['[1, 2].every((one) => !(one < 2))', false, [false, true, false, false]],
  ])(
    'does what it did while nothing is active, and each change alone: %s',
    (expression, without, withEach) => {
      const { mutants } = mutate(`const x = ${expression};`, 0);
      expect(evaluated(expression, -1)).toBe(without);
      expect(mutants.map(({ id }) => evaluated(expression, id))).toEqual(withEach);
    },
  );

  it('says where a change lies', () => {
    const [found] = mutate('const a = 2;\n  const b = a <= 2;\n', 7).mutants;
    expect(found).toEqual({ id: 7, line: 2, code: 'const b = a <= 2;', change: '<= → <' });
  });
});

describe('report', () => {
  const mutant = (code: string, change: string): Mutant => ({ id: 0, line: 1, code, change });
  const verdict = (isKilled: boolean, code = 'a < b', change = '< → <='): Verdict => ({
    file: 'src/a.ts',
    mutant: mutant(code, change),
    isKilled,
  });
  const killed = Array.from({ length: 19 }, () => verdict(true));
  const entry = { file: 'src/a.ts', code: 'a < b', change: '< → <=', why: 'equal values are one' };

  it('is good with nine in ten killed and every survivor named', () => {
    expect(report([...killed, verdict(false)], [entry], ['src/a.ts'])).toMatchObject({
      isGood: true,
      killedPercent: 95,
    });
    expect(report([...killed, verdict(false)], [], ['src/a.ts']).isGood).toBe(false);
    expect(report([verdict(true), verdict(false)], [entry], ['src/a.ts']).isGood).toBe(false);
  });

  it('takes an entry that names no survivor for a fault, but not of a file that was not tried whole', () => {
    expect(report(killed, [entry], ['src/a.ts'])).toMatchObject({ isGood: false, idle: [entry] });
    expect(report(killed, [entry], []).isGood).toBe(true);
  });

  it('names by file, text and change', () => {
    for (const other of [verdict(false, 'a < c'), verdict(false, 'a < b', '< → >=')])
      expect(report([...killed, other], [entry], []).unnamed).toEqual([other]);
  });
});
