/**
 * Goal: each thing that recording reports of itself is said with its figures, of one entity by its name and of several together.
 * Method: events by hand; what it says beside the ticket's own fields.
 */

import { describe, expect, it } from 'vitest';
import type { RecordingEvent } from '../../recording/recording-events.ts';
import { minuteUs } from '../../units/durations.ts';
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
  it.each<[RecordingEvent, string | null, number, number, string]>([
    [silent('a.a'), 'a.a', atUs - 6 * minuteUs, atUs, 'no states of the entity for 6 minutes,'],
    [silent('a.a', 'b.b'), null, atUs - 6 * minuteUs, atUs, 'no states of 2 entities for 6 minutes,'],
    [late(1, 'a.a'), 'a.a', atUs - 9, atUs, '1 reading of it came'],
    [late(3, 'a.a'), 'a.a', atUs - 9, atUs, '3 readings of it came'],
    [late(3, 'a.a', 'b.b'), null, atUs - 9, atUs, '3 readings of 2 entities came'],
    [
      { kind: 'lost', entityId: 'a.a', hourUs: atUs, heldBefore: 9, held: 2 },
      ...(['a.a', atUs, atUs + 60 * minuteUs, 'holds 2 readings of this hour, where it held 9'] as const),
    ],
    [
      { kind: 'replaced', entityId: 'a.a', newEntityId: 'b.b', atUs },
      ...(['a.a', atUs, atUs, 'b.b seems to stand in the place of a.a'] as const),
    ],
    [
      { kind: 'replaced', entityId: 'a.a', newEntityId: 'a.a', atUs },
      ...(['a.a', atUs, atUs, 'Another entity answers to a.a now'] as const),
    ],
    [{ kind: 'disk_full', freeBytes: 40_600_000, atUs }, ...([null, atUs, atUs, 'only 41 MB left'] as const)],
    [drift(42), null, atUs - 5, atUs, '42 s ahead of Home Assistant’s.'],
    [drift(42), null, atUs - 5, atUs, 'the running quarter is taken for over too soon.'],
    [drift(-42), null, atUs - 5, atUs, '42 s behind Home Assistant’s.'],
    [drift(-42), null, atUs - 5, atUs, 'those that are five minutes ahead are refused until it is right.'],
  ])('%j', (event, entityId, startUs, endUs, words) => {
    const detected = detectedOf(event);
    expect(detected?.finding).toMatchObject({ entityId, startUs, endUs });
    expect(detected?.finding.detail).toContain(words);
  });

  it('has the figures of a silence', () => {
    expect(detectedOf(silent('a.a', 'b.b'))?.finding.evidence).toEqual([
      { name: 'gap_seconds', value: 360, unit: 's' },
      { name: 'count', value: 2, unit: '' },
    ]);
  });
});

it('what lasts is over when the same is reported as right', () => {
  const of = (event: RecordingEvent) => [lastingKind(event), detectedOf(event) === null];
  expect(of({ kind: 'disk_free', freeBytes: 9e9, atUs })).toEqual(['disk_full', true]);
  expect(of({ kind: 'clock_right', driftUs: 0, atUs })).toEqual(['clock_drift', true]);
  expect(of({ kind: 'disk_full', freeBytes: 9, atUs })).toEqual(['disk_full', false]);
  expect(of(drift(9))).toEqual(['clock_drift', false]);
  expect(of(silent('a.a'))).toEqual([null, false]);
});
