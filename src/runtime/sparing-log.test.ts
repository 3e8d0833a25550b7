/**
 * Goal: a log that others can cause lines in stays small, and every line is written or counted.
 * Method: any lines as a property under fake timers; written and left out must add up.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SparingLog } from './sparing-log.ts';
import { keptLog as logThatKeeps } from './testing/kept-log.ts';

/** What was logged, with the count that stands for what was left out. */
function keptLog() {
  const { log, lines } = logThatKeeps();
  return {
    log,
    lines: () =>
      lines.map(({ level, message, fields }) => ({
        ...{ level, message },
        leftOut: 'leftOut' in fields ? Number(fields.leftOut) : null,
      })),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a sparing log', () => {
  it('logs the first lines of a kind, and then how many were left out', () => {
    const { log, lines } = keptLog();
    const sparing = new SparingLog(log, { lines: 2 });
    for (let i = 0; i < 1000; i += 1) sparing.warn({ i }, 'refused');
    expect(lines()).toHaveLength(2);
    vi.advanceTimersByTime(60_000);
    expect(lines().at(-1)).toEqual({ level: 'warn', message: 'refused', leftOut: 998 });
    sparing.warn({}, 'refused');
    expect(lines()).toHaveLength(4);
  });
  it('logs nothing more of kinds with nothing left out, and ends its window when it is flushed', () => {
    const { log, lines } = keptLog();
    const sparing = new SparingLog(log);
    sparing.warn({}, 'refused');
    expect(vi.getTimerCount()).toBe(1);
    sparing.flush();
    expect(lines()).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
    sparing.flush();
    expect(lines()).toHaveLength(1);
  });
  it('counts so many kinds separately, and all others as one', () => {
    const { log, lines } = keptLog();
    const sparing = new SparingLog(log, { kinds: 2, lines: 1 });
    for (const message of ['a', 'b', 'c', 'a', 'd']) sparing.warn({}, message);
    sparing.flush();
    expect(lines().map(({ message, leftOut }) => [message, leftOut])).toEqual([
      ...[
        ['a', null],
        ['b', null],
        ['c', null],
        ['a', 1],
        ['Other lines like these', 1],
      ],
    ]);
  });
  it('is bounded, whatever is said, and counts every line', () => {
    const said = fc.array(fc.tuple(fc.constantFrom('info', 'warn', 'error'), fc.string({ maxLength: 2 })), {
      maxLength: 400,
    });
    fc.assert(
      fc.property(
        said,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        (all, most, kinds) => {
          const { log, lines } = keptLog();
          const sparing = new SparingLog(log, { lines: most, kinds });
          for (const [level, message] of all) sparing[level as 'info']({}, message);
          sparing.flush();
          const leftOut = lines().reduce((sum, line) => sum + (line.leftOut ?? 0), 0);
          expect(lines().filter((line) => line.leftOut === null).length + leftOut).toBe(all.length);
          // One more kind of each level: the shared one.
          expect(lines().length).toBeLessThanOrEqual((kinds + 3) * (most + 1));
        },
      ),
    );
  });
});
