/** Where an entity has no reading for more than ten minutes, and which part of that is an outage of the whole home. */

import { minuteUs } from '../../units/durations.ts';
import {
  durationUs,
  hull,
  type Interval,
  intersect,
  isEmpty,
  overlaps,
  unionWith,
} from '../../units/interval.ts';

/** [startUs, endUs); open when it goes on still. */
export interface Gap extends Interval {
  readonly isOpen: boolean;
}

export const gapUs = 10 * minuteUs;
/** Entities become unavailable one after the other; this close together it is one outage. */
const togetherUs = 2 * minuteUs;

interface ReportedValue {
  readonly atUs: number;
  readonly value: number | null;
}

/** From an absence until the entity reported a value again. @param readings ascending */
export function absences(readings: readonly ReportedValue[], endUs: number): Gap[] {
  const gaps: Gap[] = [];
  let sinceUs: number | null = null;
  for (const { atUs, value } of readings) {
    if (value === null) sinceUs ??= atUs;
    else if (sinceUs !== null) {
      gaps.push({ startUs: sinceUs, endUs: atUs, isOpen: false });
      sinceUs = null;
    }
  }
  if (sinceUs !== null && endUs > sinceUs) gaps.push({ startUs: sinceUs, endUs, isOpen: true });
  return gaps.filter(isLong);
}

/**
 * Where Home Assistant made no five-minute row (it was down, or the entity was) and no reading is there either. A silent
 * entity has rows, because a value that does not change is not reported. Without any row nothing can be said of an entity.
 * @param rowStartsUs ascending
 * @param readings ascending
 */
export function silences(
  rowStartsUs: readonly number[],
  readings: readonly ReportedValue[],
  startUs: number,
  endUs: number,
): Gap[] {
  const rowUs = 5 * minuteUs;
  const first = rowStartsUs[0];
  if (first === undefined) return [];
  const gaps: Gap[] = [];
  let knownUs = Math.max(first, startUs);
  let index = 0;
  const close = (silenceEndUs: number) => {
    while (index < readings.length && (readings[index]?.atUs ?? 0) < silenceEndUs) {
      const reported = readings[index];
      index += 1;
      if (reported === undefined || reported.atUs < knownUs || reported.value === null) continue;
      gaps.push({ startUs: knownUs, endUs: reported.atUs, isOpen: false });
      knownUs = reported.atUs;
    }
    if (silenceEndUs > knownUs) gaps.push({ startUs: knownUs, endUs: silenceEndUs, isOpen: false });
  };
  for (const rowStartUs of rowStartsUs) {
    if (rowStartUs > knownUs) close(Math.min(rowStartUs, endUs));
    knownUs = Math.max(knownUs, rowStartUs + rowUs);
  }
  // After the last row it is too early: the next comes within minutes.
  return gaps.filter((gap) => isLong(gap) && gap.startUs < endUs);
}

function isLong(gap: Gap): boolean {
  return durationUs(gap) > gapUs;
}

/** Overlapping and touching gaps of one entity as one. */
export function joinGaps(gaps: readonly Gap[]): Gap[] {
  return unionWith(gaps, (one, other) => ({ ...hull(one, other), isOpen: one.isOpen || other.isOpen }));
}

interface SortedGaps {
  /** What all entities share. */
  readonly home: readonly Gap[];
  readonly entities: ReadonlyMap<string, readonly Gap[]>;
}

/**
 * What all entities share is one outage of the home; the rest of their gaps, where it is long enough, is their own.
 * @param gaps of every checked entity, joined; an empty list without any
 */
export function sortGaps(gaps: ReadonlyMap<string, readonly Gap[]>): SortedGaps {
  const lists = [...gaps.values()];
  const [first, ...others] = lists;
  const home = first === undefined || others.length === 0 ? [] : others.reduce(common, first).filter(isLong);
  const entities = new Map<string, readonly Gap[]>();
  for (const [entityId, own] of gaps) {
    const rest = own.flatMap((gap) => without(gap, home));
    if (rest.length > 0) entities.set(entityId, rest);
  }
  return { home, entities };
}

function common(one: readonly Gap[], other: readonly Gap[]): Gap[] {
  return one.flatMap((a) =>
    other.flatMap((b) => {
      const both = { ...intersect(a, b), isOpen: a.isOpen && b.isOpen };
      return isEmpty(both) ? [] : [both];
    }),
  );
}

/** What remains of a gap beside outages of the home, without the minutes by which the entity came back later. */
function without(gap: Gap, home: readonly Gap[]): Gap[] {
  let rest: Gap[] = [gap];
  for (const outage of home)
    rest = rest.flatMap((part) => {
      if (!overlaps(outage, part)) return [part];
      const before = { ...part, endUs: outage.startUs, isOpen: false };
      const after = { ...part, startUs: outage.endUs };
      return [before, after].filter((one) => durationUs(one) > gapUs + togetherUs);
    });
  return rest;
}
