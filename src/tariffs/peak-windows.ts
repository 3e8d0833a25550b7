import { bucketStartUs, nextBucketUs } from '../units/calendar.ts';
import { quarterStartUs, quarterUs } from '../units/quarter.ts';
import type { Bucket } from '../views/bucket.ts';
import type { PeakRule } from './peak-rules.ts';

/**
 * As what a quarter's offtake is known: measured as a quarter, measured in part (it was at least that), spread from an
 * hour, or spread over a silence of which only the sum is known.
 */
export type KnownAs = 'quarter' | 'part' | 'hour' | 'span';

export interface QuarterOfftake {
  readonly startUs: number;
  /** Milliwatt-hours taken from the grid. */
  readonly offtakeMwh: number;
  readonly knownAs: KnownAs;
}

/** A window that counts, with what is known of it. Offtake only: what is fed in is no less than nothing. */
export interface PeakWindow {
  readonly startUs: number;
  readonly endUs: number;
  /** What was measured as this very window; null when it was not. */
  readonly energyMwh: number | null;
  /** Among all ways in which the known sums may have been spread, some window has this much at least. */
  readonly atLeastMwh: number;
  /** It had no more than this; null while a part of it is not known. */
  readonly atMostMwh: number | null;
  readonly isKnown: boolean;
}

const hourUs = 4 * quarterUs;

export function offtakeOf(bucket: Bucket): QuarterOfftake[] {
  if (bucket.amountMicro === null) return [];
  const knownAs =
    bucket.highestMicro !== null
      ? 'quarter'
      : bucket.quality === 'hourly'
        ? 'hour'
        : bucket.quality === 'estimated'
          ? 'span'
          : 'part';
  return [{ startUs: bucket.startUs, offtakeMwh: Math.max(0, bucket.amountMicro), knownAs }];
}

/** Mean power of an energy over a span, in watts. */
export function meanPowerW(energyMwh: number, startUs: number, endUs: number): number {
  return (energyMwh * (hourUs / (endUs - startUs))) / 1000;
}

/** The window in which an instant lies. */
export function windowAt(rule: PeakRule, atUs: number, zone: string): Span {
  if (rule.window === 'quarter')
    return { startUs: quarterStartUs(atUs), endUs: quarterStartUs(atUs) + quarterUs };
  const startUs = bucketStartUs(atUs, 'hour', zone);
  return { startUs, endUs: nextBucketUs(startUs, 'hour', zone) };
}

export function isCounted(rule: PeakRule, startUs: number, zone: string): boolean {
  if (rule.counting === null) return true;
  const when = Temporal.Instant.fromEpochMilliseconds(startUs / 1000).toZonedDateTimeISO(zone);
  const { weekdays, fromHour, untilHour } = rule.counting;
  return weekdays.includes(when.dayOfWeek) && when.hour >= fromHour && when.hour < untilHour;
}

interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

/** Quarters of which only the sum is known. */
interface Group extends Span {
  readonly knownAs: KnownAs;
  readonly sumMwh: number;
  /**
   * What each quarter has when the sum is spread evenly, where that makes the lowest peak; 0 where another way makes a
   * lower one.
   */
  readonly evenMwh: number;
  /** It may go on where nothing was read: its sum is not known then. */
  readonly isOpen: boolean;
}

/**
 * The windows of [startUs, endUs) that count, ascending, whether anything is known of them or not.
 * @param quarters ascending, over at least [startUs - 1 h, endUs + 1 h), so that an hour or a silence that reaches over
 *   an end is seen whole
 */
export function peakWindows(
  rule: PeakRule,
  quarters: readonly QuarterOfftake[],
  startUs: number,
  endUs: number,
  zone: string,
): PeakWindow[] {
  const byStart = new Map(quarters.map((quarter) => [quarter.startUs, quarter]));
  const groups = groupsOf(
    quarters,
    { startUs: startUs - hourUs, endUs: endUs + hourUs },
    (group) =>
      group.startUs >= startUs &&
      group.endUs <= endUs &&
      isLowestWhenEven(rule, group.startUs, group.endUs, zone),
  );
  const windows: PeakWindow[] = [];
  for (let at = startUs; at < endUs; ) {
    const window = windowAt(rule, at, zone);
    if (isCounted(rule, window.startUs, zone)) windows.push(windowOf(window, byStart, groups));
    at = window.endUs;
  }
  return windows;
}

function windowOf(
  { startUs, endUs }: Span,
  byStart: ReadonlyMap<number, QuarterOfftake>,
  groups: ReadonlyMap<number, Group>,
): PeakWindow {
  let measuredMwh: number | null = 0;
  let leastMwh = 0;
  let mostMwh: number | null = 0;
  let isKnown = false;
  const touched = new Set<Group>();
  for (let at = startUs; at < endUs; at += quarterUs) {
    const quarter = byStart.get(at);
    const group = groups.get(at);
    isKnown ||= quarter !== undefined;
    if (group !== undefined) {
      measuredMwh = null;
      touched.add(group);
      leastMwh += group.evenMwh;
    } else if (quarter?.knownAs === 'quarter') {
      if (measuredMwh !== null) measuredMwh += quarter.offtakeMwh;
      leastMwh += quarter.offtakeMwh;
      if (mostMwh !== null) mostMwh += quarter.offtakeMwh;
    } else {
      measuredMwh = mostMwh = null;
      leastMwh += quarter?.offtakeMwh ?? 0;
    }
  }
  for (const group of touched) {
    // An hour that is known as one is measured where hours are what counts.
    if (group.knownAs === 'hour' && group.startUs === startUs && group.endUs === endUs && !group.isOpen)
      return {
        startUs,
        endUs,
        energyMwh: group.sumMwh,
        atLeastMwh: group.sumMwh,
        atMostMwh: group.sumMwh,
        isKnown,
      };
    mostMwh = mostMwh === null || group.isOpen ? null : mostMwh + group.sumMwh;
  }
  return { startUs, endUs, energyMwh: measuredMwh, atLeastMwh: leastMwh, atMostMwh: mostMwh, isKnown };
}

/**
 * Spread evenly over windows that hold nothing else, a sum makes the lowest peak. It may be lower when a part can lie
 * where nothing counts, in a window that is measured beside it, or on a day that has its peak already.
 */
function isLowestWhenEven(rule: PeakRule, startUs: number, endUs: number, zone: string): boolean {
  const first = windowAt(rule, startUs, zone);
  if (first.endUs >= endUs) return isCounted(rule, first.startUs, zone);
  if (first.startUs !== startUs || windowAt(rule, endUs - quarterUs, zone).endUs !== endUs) return false;
  const day = bucketStartUs(startUs, 'day', zone);
  if (rule.isOnePerDay && rule.peaks > 1 && nextBucketUs(day, 'day', zone) < endUs) return false;
  if (rule.counting === null) return true;
  for (let at = startUs; at < endUs; at = windowAt(rule, at, zone).endUs)
    if (!isCounted(rule, at, zone)) return false;
  return true;
}

/** By quarter: those of one hour that were spread from it, and runs of quarters that were spread over a silence. */
function groupsOf(
  quarters: readonly QuarterOfftake[],
  read: Span,
  isLowest: (group: Span) => boolean,
): Map<number, Group> {
  const runs: QuarterOfftake[][] = [];
  for (const quarter of quarters) {
    if (quarter.knownAs !== 'hour' && quarter.knownAs !== 'span') continue;
    const last = runs.at(-1)?.at(-1);
    const isSameHour =
      quarter.knownAs === 'span' ||
      Math.floor(quarter.startUs / hourUs) === Math.floor((last?.startUs ?? 0) / hourUs);
    const goesOn =
      last !== undefined &&
      last.knownAs === quarter.knownAs &&
      last.startUs + quarterUs === quarter.startUs &&
      isSameHour;
    if (goesOn) runs.at(-1)?.push(quarter);
    else runs.push([quarter]);
  }
  const groups = new Map<number, Group>();
  for (const run of runs) {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) continue;
    const span = { startUs: first.startUs, endUs: last.startUs + quarterUs };
    const sumMwh = run.reduce((sum, quarter) => sum + quarter.offtakeMwh, 0);
    const isOpen = first.knownAs === 'span' && (span.startUs <= read.startUs || span.endUs >= read.endUs);
    const group: Group = {
      ...span,
      knownAs: first.knownAs,
      sumMwh,
      evenMwh: !isOpen && isLowest(span) ? sumMwh / run.length : 0,
      isOpen,
    };
    for (const quarter of run) groups.set(quarter.startUs, group);
  }
  return groups;
}
