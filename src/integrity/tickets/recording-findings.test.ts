/**
 * Goal: each event of recording becomes a finding with its code, values and figures.
 * Method: events by hand, of one entity and of several.
 */

import { describe, expect, it } from 'vitest';
import type { RecordingEvent } from '../../recording/recording-events.ts';
import { minuteUs } from '../../units/durations.ts';
import type { Statement } from '../statement.ts';
import { detectedOf, lastingKind } from './recording-findings.ts';

const atUs = Date.UTC(2026, 10, 24, 12) * 1000;

const silent = (...entityIds: string[]): RecordingEvent => ({
  ...{ kind: 'silent', entityIds, sinceUs: atUs - 6 * minuteUs, atUs },
});
const late = (count: number, ...entityIds: string[]): RecordingEvent => ({
  ...{ kind: 'out_of_order', entityIds, count, firstUs: atUs - 9, lastUs: atUs },
});
const drift = (seconds: number): RecordingEvent => ({
  ...{ kind: 'clock_drift', driftUs: seconds * 1_000_000, sinceUs: atUs - 5, atUs },
});

describe('a finding of recording', () => {
  it.each<[RecordingEvent, string | null, number, number, Statement]>([
    [
      silent('a.a'),
      ...(['a.a', atUs - 6 * minuteUs, atUs] as const),
      { code: 'states_silent', values: { entities: 1, silentUs: 6 * minuteUs } },
    ],
    [
      silent('a.a', 'b.b'),
      ...([null, atUs - 6 * minuteUs, atUs] as const),
      { code: 'states_silent', values: { entities: 2, silentUs: 6 * minuteUs } },
    ],
    [
      late(1, 'a.a'),
      ...(['a.a', atUs - 9, atUs] as const),
      { code: 'out_of_order', values: { readings: 1, entities: 1 } },
    ],
    [
      late(3, 'a.a', 'b.b'),
      ...([null, atUs - 9, atUs] as const),
      { code: 'out_of_order', values: { readings: 3, entities: 2 } },
    ],
    [
      { kind: 'lost', entityId: 'a.a', hourUs: atUs, heldBefore: 9, held: 2 },
      ...(['a.a', atUs, atUs + 60 * minuteUs] as const),
      { code: 'readings_lost', values: { readings: 2, readingsBefore: 9 } },
    ],
    [
      { kind: 'unit_changed', entityId: 'a.a', unitBefore: 'kWh', unit: 'Wh', atUs },
      ...(['a.a', atUs, atUs] as const),
      { code: 'unit_changed', values: { unitBefore: 'kWh', unit: 'Wh' } },
    ],
    [
      { kind: 'renamed', entityId: 'a.a', newEntityId: 'b.b', atUs },
      ...(['b.b', atUs, atUs] as const),
      { code: 'renamed', values: { entityId: 'a.a', newEntityId: 'b.b' } },
    ],
    [
      { kind: 'removed', entityId: 'a.a', atUs },
      ...(['a.a', atUs, atUs] as const),
      { code: 'removed', values: { entityId: 'a.a' } },
    ],
    [
      { kind: 'replaced', entityId: 'a.a', newEntityId: 'b.b', atUs },
      ...(['a.a', atUs, atUs] as const),
      { code: 'replaced', values: { entityId: 'a.a', newEntityId: 'b.b' } },
    ],
    [
      { kind: 'replaced', entityId: 'a.a', newEntityId: 'a.a', atUs },
      ...(['a.a', atUs, atUs] as const),
      { code: 'id_reused', values: { entityId: 'a.a' } },
    ],
    [
      { kind: 'disk_full', freeBytes: 40_600_000, atUs },
      ...([null, atUs, atUs] as const),
      { code: 'disk_full', values: { freeBytes: 40_600_000 } },
    ],
    [
      drift(42),
      ...([null, atUs - 5, atUs] as const),
      { code: 'clock_ahead', values: { driftUs: 42_000_000 } },
    ],
    [
      drift(-42),
      ...([null, atUs - 5, atUs] as const),
      { code: 'clock_behind', values: { driftUs: 42_000_000 } },
    ],
  ])('%j', (event, entityId, startUs, endUs, statement) => {
    expect(detectedOf(event)?.finding).toMatchObject({ entityId, startUs, endUs, statement });
  });

  it('has the figures of a silence', () => {
    expect(detectedOf(silent('a.a', 'b.b'))?.finding.evidence).toEqual([
      { name: 'gap_seconds', value: 360, unit: 's' },
      { name: 'count', value: 2, unit: '' },
    ]);
  });
});

it('a lasting state ends with the event of its end', () => {
  const of = (event: RecordingEvent) => [lastingKind(event), detectedOf(event) === null];
  expect(of({ kind: 'disk_free', freeBytes: 9e9, atUs })).toEqual(['disk_full', true]);
  expect(of({ kind: 'clock_right', driftUs: 0, atUs })).toEqual(['clock_drift', true]);
  expect(of({ kind: 'disk_full', freeBytes: 9, atUs })).toEqual(['disk_full', false]);
  expect(of(drift(9))).toEqual(['clock_drift', false]);
  expect(of(silent('a.a'))).toEqual([null, false]);
});
