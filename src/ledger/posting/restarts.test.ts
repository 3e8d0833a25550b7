/**
 * Goal: whatever a register does, over any range the quantities are its last less its first plus its restarts: a reset,
 * an exchange or a declared amount is explained to the millionth.
 * Method: random lives of both kinds of register, with readings and with rows that have a change of their own,
 * absences, resets, exchanges and declared amounts.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { CounterEvidence } from '../evidence.ts';
import { postCounter } from './counter-posting.ts';
import { usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;

const step = fc.record({
  is: fc.constantFrom('reading', 'reading', 'reading', 'row', 'reset', 'absent', 'exchange', 'delivered'),
  waitUs: fc.integer({ min: 6 * minute, max: 90 * minute }),
  micro: fc.integer({ min: 0, max: 900_000 }),
  isFollowing: fc.boolean(),
  changeMicro: fc.option(fc.integer({ min: 0, max: 900_000 })),
});

it('adds up to the difference of the register, plus its restarts', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.constantFrom('rising' as const, 'net' as const),
      (steps, kind) => {
        let atUs = start;
        let register = 5_000_000;
        let resetAtUs = start - 1;
        const evidence: CounterEvidence[] = [];
        const first: number = register;
        const reading = (registerMicro: number | null): CounterEvidence => ({
          ...{ kind: 'reading', atUs, registerMicro, lastResetAtUs: kind === 'net' ? resetAtUs : null },
          origin: 'stream',
        });
        evidence.push(reading(register));
        for (const { is, waitUs, micro, isFollowing, changeMicro } of steps) {
          const beforeUs = atUs;
          atUs += waitUs;
          if (is === 'reset') {
            register = micro;
            resetAtUs = atUs;
            evidence.push(reading(register));
          } else if (is === 'absent') evidence.push(reading(null));
          else if (is === 'exchange') {
            const oldRegisterMicro = isFollowing ? register + micro : null;
            register = micro;
            evidence.push({ kind: 'exchange', atUs, oldRegisterMicro, newRegisterMicro: register });
          } else if (is === 'delivered') evidence.push({ kind: 'delivered', atUs, amountMicro: micro });
          else {
            register += micro;
            const startUs = isFollowing ? beforeUs : atUs - 5 * minute;
            evidence.push(
              is === 'row'
                ? { kind: 'row', startUs, atUs, registerMicro: register, changeMicro, period: 'hour' }
                : reading(register),
            );
          }
        }
        const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = usualRules;
        const rules = { kind, maxGapUs, quarterHourGapUs, certainMicro };
        const { entries, state } = postCounter(
          rules,
          null,
          evidence,
          Number.MIN_SAFE_INTEGER,
          Number.MAX_SAFE_INTEGER,
        );
        const sum = (of: 'quantity' | 'restart') =>
          entries.filter((entry) => entry.kind === of).reduce((all, entry) => all + entry.amountMicro, 0);
        // A dip counts nothing, so the sum equals the highest register of the cycle.
        expect(sum('quantity')).toBe((state?.baselineMicro ?? 0) - first + sum('restart'));
      },
    ),
    { numRuns: 300 },
  );
});
