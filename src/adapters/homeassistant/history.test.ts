/**
 * Goal: every row of a range comes once, oldest first, however the range is cut into pieces.
 * Method: a recorder that answers as Core does (start and end excluded) holds random rows; any range must give the rows
 * in [start, end), and no piece may be asked for that lies outside it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantFromIso } from '../../units/instant.ts';
import { history, historyStates, type SendHistoryCommand } from './history.ts';

const baseUs = 1_795_245_957_000_000;

describe('history', () => {
  it('gives each row of the range once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat({ max: 24 }),
            fc.nat({ max: 200_000_000_000 }),
            fc.constantFrom(0, 1, 250, 900_000_000),
          ),
          { maxLength: 300 },
        ),
        fc.nat({ max: 100_000_000_000 }),
        fc.nat({ max: 100_000_000_000 }),
        async (drawn, startUs, lengthUs) => {
          const rows = new Map<string, { entityId: string; us: number }>();
          let us = 0;
          for (const [entity, stepUs, scale] of drawn) {
            us += scale === 900_000_000 ? stepUs / 100 : scale;
            const row = { entityId: `sensor.s${entity}`, us: baseUs + Math.floor(us) };
            rows.set(`${row.entityId} ${row.us}`, row);
          }
          const startUs = baseUs + startUs;
          const endUs = startUs + lengthUs;
          const send: SendHistoryCommand = async (message) => {
            const ids = message.entity_ids as string[];
            const afterUs = instantFromIso(String(message.start_time)) ?? 0;
            const endUs = instantFromIso(String(message.end_time)) ?? 0;
            expect(ids.length).toBeLessThanOrEqual(10);
            expect(afterUs).toBeGreaterThanOrEqual(startUs - 1);
            expect(endUs).toBeLessThanOrEqual(endUs + 1);
            const answer: Record<string, object[]> = {};
            for (const row of rows.values()) {
              if (!ids.includes(row.entityId) || row.us <= afterUs || row.us >= endUs) continue;
              const ofEntity = answer[row.entityId] ?? [];
              answer[row.entityId] = [...ofEntity, { s: '1', a: {}, lu: row.us / 1e6 }];
            }
            return answer;
          };
          const entityIds = Array.from({ length: 25 }, (_, i) => `sensor.s${i}`);
          const got = await history(send, entityIds, startUs, endUs);
          const expected = [...rows.values()].filter((row) => row.us >= startUs && row.us < endUs);
          expect(got.map((state) => `${state.entityId} ${state.lastUpdatedUs}`).sort()).toEqual(
            expected.map((row) => `${row.entityId} ${row.us}`).sort(),
          );
          for (const [i, state] of got.entries())
            if (i > 0) expect(state.lastUpdatedUs).toBeGreaterThanOrEqual(got[i - 1]?.lastUpdatedUs ?? 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('asks for less at once where rows are dense, for more where they are sparse', async () => {
    const asked: { us: number; rows: number }[] = [];
    const densityPerS = { low: 0.0001, high: 100 };
    let density = densityPerS.high;
    const send: SendHistoryCommand = async (message) => {
      const startUs = instantFromIso(String(message.start_time)) ?? 0;
      const us = (instantFromIso(String(message.end_time)) ?? 0) - startUs - 2;
      const count = Math.floor((us / 1e6) * density);
      asked.push({ us, rows: count });
      return {
        'sensor.a': Array.from({ length: count }, (_, i) => ({ s: '1', a: {}, lu: (startUs + 1 + i) / 1e6 })),
      };
    };
    await history(send, ['sensor.a'], baseUs, baseUs + 2 * 3600e6);
    expect(asked.at(-2)?.rows).toBeLessThan(16_000);
    density = densityPerS.low;
    asked.length = 0;
    await history(send, ['sensor.a'], baseUs, baseUs + 30 * 86_400e6);
    expect(asked.length).toBeLessThan(15);
  });

  it('asks for every change with its attributes, and not for the state before', async () => {
    const sent: object[] = [];
    await history(async (message) => void sent.push(message), ['sensor.a'], baseUs, baseUs + 1_000_000);
    expect(sent).toEqual([
      {
        type: 'history/history_during_period',
        start_time: '2026-11-21T07:25:56.999999Z',
        end_time: '2026-11-21T07:25:58.000001Z',
        entity_ids: ['sensor.a'],
        include_start_time_state: false,
        significant_changes_only: false,
        minimal_response: false,
        no_attributes: false,
      },
    ]);
  });

  it('takes an empty state as the removal that the recorder means by it', () => {
    const answer = {
      'sensor.a': [{ s: '', a: {}, lu: 1 }, { s: 'unknown', lu: 2 }, { s: '3', lc: 3 }, { s: '4' }, null],
    };
    expect(
      historyStates(answer, 0, 10_000_000).map(({ state, lastUpdatedUs }) => [state, lastUpdatedUs]),
    ).toEqual([
      [null, 1_000_000],
      ['unknown', 2_000_000],
      ['3', 3_000_000],
    ]);
  });
});
