/**
 * Goal: every problem of a part is a sentence with its values in the user's format.
 * Method: a status of one part with each problem, and with two at once.
 */
import { describe, expect, it } from 'vitest';
import { type PartProblemRow, partProblem } from '../../../src/schemas/part-problems.ts';
import type { Status } from '../../../src/schemas/status.ts';
import { en } from '../../texts/en.ts';
import { partsOf } from './parts.ts';

const locale = { language: 'en', zone: 'UTC', hour12: false } as unknown as Parameters<typeof partsOf>[2];
const detailOf = (...problems: PartProblemRow[]) => {
  const status = { other: { ok: problems.length === 0, detail: null, problems } } as unknown as Status;
  const [part] = partsOf(status, en.health.parts, locale, 0);
  return part?.detail?.replaceAll('\u00a0', ' ') ?? null;
};

const reason = { reason: 'no route to host' };
const ids = { statistic_ids: ['sensor.a', 'sensor.b'] };
const every: readonly [PartProblemRow, string][] = [
  [{ code: 'failed', values: reason }, 'no route to host'],
  [{ code: 'store_not_reached', values: { store: 'QuestDB' } }, 'QuestDB was not reached yet.'],
  [{ code: 'store_silent', values: { store: 'QuestDB', ...reason } }, 'QuestDB does not answer (no route'],
  [{ code: 'spool_failed', values: reason }, 'takes no readings: no route to host.'],
  [{ code: 'spool_damaged', values: { damaged_bytes: 1500 } }, '2 kB of the waiting room were damaged'],
  [{ code: 'no_room', values: {} }, 'There is no room for readings'],
  [{ code: 'readings_waiting', values: reason }, 'readings wait on disk: no route'],
  [{ code: 'subscription_failed', values: reason }, 'does not report states: no route'],
  [{ code: 'states_silent', values: {} }, 'does not report changes.'],
  [{ code: 'disk_full', values: { free_bytes: 99e6 } }, 'The disk is full: only 99.0 MB are free.'],
  [
    { code: 'disk_low', values: { free_bytes: 450e6, reserve_bytes: 200e6 } },
    'Only 450.0 MB are free on the disk. Below 200.0 MB nothing',
  ],
  [{ code: 'posting_failed', values: reason }, 'could not be written (no route to host).'],
  [{ code: 'history_incomplete', values: reason }, 'history is incomplete: no route'],
  [{ code: 'verification_refused', values: reason }, 'refuses no route'],
  [{ code: 'home_assistant_not_set', values: {} }, 'No Home Assistant is set.'],
  [{ code: 'home_assistant_connecting', values: {} }, 'Connecting to Home Assistant.'],
  [{ code: 'home_assistant_silent', values: reason }, 'does not answer (no route to host).'],
  [{ code: 'token_refused', values: reason }, 'refuses the access token (no route to host).'],
  [{ code: 'statistics_missing', values: ids }, 'name sensor.a, sensor.b, which'],
  [{ code: 'sources_unknown', values: ids }, 'Without sensor.a, sensor.b the home’s use'],
  [{ code: 'entities_not_read', values: {} }, 'were not read yet.'],
];

describe('a part', () => {
  it.each(every)('with %j says so', (problem, words) => {
    expect(detailOf(problem)).toContain(words);
  });

  it('is tested with every code', () => {
    const codes = partProblem.options.map(({ shape }) => shape.code.value);
    expect(new Set(every.map(([{ code }]) => code))).toEqual(new Set(codes));
  });

  it('has one sentence after the other, and none when all is well', () => {
    expect(detailOf()).toBeNull();
    expect(
      detailOf({ code: 'home_assistant_connecting', values: {} }, { code: 'entities_not_read', values: {} }),
    ).toBe('Connecting to Home Assistant. The entities of Home Assistant were not read yet.');
  });
});
