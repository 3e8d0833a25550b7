/**
 * Goal: what a meter's quarters say does not depend on how its past was cut into pages.
 * Method: random lives, with silences where a page may end, are posted in pages of some dozen pieces of evidence and held against one posting of everything. The stores are lists in memory.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Entry } from '../entries/entry.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence } from '../evidence.ts';
import { postCounter } from './counter-posting.ts';
import { postPages } from './posting-pages.ts';
import { usualRules } from './reposting.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const minute = 60_000_000;

const life = fc
  .array(
    fc.record({
      waitUs: fc.integer({ min: 5 * minute, max: 40 * minute }),
      byMicro: fc.option(fc.integer({ min: -20_000, max: 500_000 }), { freq: 3 }),
    }),
    { minLength: 60, maxLength: 150 },
  )
  .map((steps) => {
    let atUs = start;
    let register = 1_000_000;
    return steps.map(({ waitUs, byMicro }): CounterEvidence => {
      atUs += waitUs;
      if (byMicro !== null) register = Math.max(0, register + byMicro);
      const registerMicro = byMicro === null ? null : register;
      return { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' };
    });
  });

function source(evidence: readonly CounterEvidence[]): EvidenceSource {
  const none = () => Promise.reject(new Error('not asked for'));
  return {
    registers: async (_, startUs, limit) => {
      const items = evidence.filter((item) => item.atUs >= startUs);
      return { items: items.slice(0, limit), isLast: items.length <= limit };
    },
    registerBefore: none,
    powers: none,
    switches: none,
    around: none,
    amounts: none,
  };
}

describe('postPages', () => {
  it('posts the same quarters in small pages as in one', async () => {
    await fc.assert(
      fc.asyncProperty(life, fc.integer({ min: 20, max: 40 }), async (evidence, pageSize) => {
        const rules = { ...usualRules, pageSize };
        const entries: Entry[] = [];
        let pages = 0;
        const meter = { entityId: 'sensor.meter', posts: 'register', kind: 'rising' } as const;
        const from = Number.MIN_SAFE_INTEGER;
        for await (const page of postPages(source(evidence), rules, meter, from, null, null, start)) {
          pages += 1;
          entries.push(...page.posting.entries);
        }
        const counterRules = {
          kind: 'rising',
          maxGapUs: rules.registerGapUs,
          quarterHourGapUs: rules.quarterHourGapUs,
          certainMicro: rules.certainMicro,
        } as const;
        const whole = postCounter(counterRules, null, evidence, from, Number.MAX_SAFE_INTEGER);
        expect(entries).toEqual(whole.entries);
        expect(pages).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
