import { usualRules } from '../ledger/posting/reposting.ts';
import type { Bucket } from '../statistics/bucket.ts';
import { bucketStartUs, nextBucketUs } from '../units/calendar.ts';
import { hourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import { quarterHourStartUs, quarterHourUs } from '../units/quarter-hour.ts';
import type { PeakRule } from './peak-rules.ts';

/**
 * As what a quarter's offtake is known: measured as a quarter, measured in part (it was at least that), spread from an
 * hour or so, or spread over a silence of which only the sum is known.
 */
export type KnownAs = 'quarter' | 'part' | 'hour' | 'span';

export interface QuarterHourOfftake {
  readonly startUs: number;
  /** Milliwatt-hours taken from the grid. */
  readonly offtakeMwh: number;
  readonly knownAs: KnownAs;
  /** Of one that was spread: all that was spread into it was used between these; absent when that is not known. */
  readonly usedIn?: Interval;
}

/** A window that counts, with what is known of it. Offtake only: what is fed in is no less than nothing. */
export interface PeakWindow extends Interval {
  /** What was measured as this very window; null when it was not. */
  readonly energyMwh: number | null;
  /** Among all ways in which the known sums may have been spread, some window has this much at least. */
  readonly atLeastMwh: number;
  /** It had no more than this; null while a part of it is not known. */
  readonly atMostMwh: number | null;
  readonly isKnown: boolean;
}

/** How far around a month its quarters are read, so that an hour that reaches over an end is seen whole. */
export const besideUs = 2 * hourUs;

/** What `hourly` quarters hold was told by evidence no further apart, whatever a silent register beside them goes back to. */
const longestHourUs = usualRules.registerGapUs;

/**
 * The offtake of a bucket of one quarter-hour in mWh, with how exactly it is known; empty where it is not known at
 * all.
 */
export function offtakeOf(bucket: Bucket): QuarterHourOfftake[] {
  const { startUs, endUs, amountMicro, quality, restsOn } = bucket;
  if (amountMicro === null) return [];
  const offtake = { startUs, offtakeMwh: Math.max(0, amountMicro) };
  if (bucket.highestMicro !== null) return [{ ...offtake, knownAs: 'quarter' }];
  if (quality !== 'hourly' && quality !== 'estimated') return [{ ...offtake, knownAs: 'part' }];
  const knownAs = quality === 'hourly' ? 'hour' : 'span';
  const reachUs = knownAs === 'hour' ? longestHourUs : Number.POSITIVE_INFINITY;
  const usedIn = {
    startUs: Math.max(restsOn?.startUs ?? endUs, startUs - reachUs),
    endUs: Math.min(restsOn?.endUs ?? startUs, endUs + reachUs),
  };
  const isTold = usedIn.startUs < endUs && usedIn.endUs > startUs;
  return [{ ...offtake, knownAs, ...(isTold && { usedIn }) }];
}

/** Mean power of an energy over a span, in watts. */
export function meanPowerW(energyMwh: number, startUs: number, endUs: number): number {
  return (energyMwh * (hourUs / (endUs - startUs))) / 1000;
}

/** The window in which an instant lies. */
export function windowAt(rule: PeakRule, atUs: number, zone: string): Interval {
  if (rule.window === 'quarter')
    return { startUs: quarterHourStartUs(atUs), endUs: quarterHourStartUs(atUs) + quarterHourUs };
  const startUs = bucketStartUs(atUs, 'hour', zone);
  return { startUs, endUs: nextBucketUs(startUs, 'hour', zone) };
}

/** Whether a window that starts then counts for the peak, by the rule's weekdays and hours in the home's IANA zone. */
export function isCounted(rule: PeakRule, startUs: number, zone: string): boolean {
  if (rule.counting === null) return true;
  const when = Temporal.Instant.fromEpochMilliseconds(startUs / 1000).toZonedDateTimeISO(zone);
  const { weekdays, fromHour, untilHour } = rule.counting;
  return weekdays.includes(when.dayOfWeek) && when.hour >= fromHour && when.hour < untilHour;
}

/** Quarters of which only the sum is known. */
interface Group {
  /** It is this hour, and was told as one. */
  readonly hour: Interval | null;
  /** The most that can have been used in one of them; null while a part is not known. */
  readonly mostMwh: number | null;
  /**
   * What each quarter has when the sum is spread evenly, where that makes the lowest peak; 0 where another way makes a
   * lower one.
   */
  readonly evenMwh: number;
}

const unknown: Group = { hour: null, mostMwh: null, evenMwh: 0 };

/**
 * The windows of [startUs, endUs) that count, ascending, whether anything is known of them or not.
 * @param quarters ascending, over at least [startUs - besideUs, endUs + besideUs)
 */
export function peakWindows(
  rule: PeakRule,
  quarters: readonly QuarterHourOfftake[],
  startUs: number,
  endUs: number,
  zone: string,
): PeakWindow[] {
  const byStart = new Map(quarters.map((quarter) => [quarter.startUs, quarter]));
  const groups = groupsOf(
    quarters,
    byStart,
    (touched, isClosed) =>
      touched.startUs >= startUs &&
      touched.endUs <= endUs &&
      // Of sums that overlap each bounds the highest window, but not several of them together.
      (isClosed || (rule.window === 'quarter' && rule.peaks === 1)) &&
      isLowestWhenEven(rule, touched.startUs, touched.endUs, zone),
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
  { startUs, endUs }: Interval,
  byStart: ReadonlyMap<number, QuarterHourOfftake>,
  groups: ReadonlyMap<number, Group>,
): PeakWindow {
  let measuredMwh: number | null = 0;
  let leastMwh = 0;
  let mostMwh: number | null = 0;
  let isKnown = false;
  const touching = new Set<Group>();
  for (let at = startUs; at < endUs; at += quarterHourUs) {
    const quarter = byStart.get(at);
    const group = groups.get(at);
    isKnown ||= quarter !== undefined;
    if (group !== undefined) {
      measuredMwh = null;
      touching.add(group);
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
  const [group] = touching;
  if (group?.hour?.startUs === startUs && group.hour.endUs === endUs) {
    // An hour that is known as one is measured where hours are what counts.
    const { mostMwh: energyMwh } = group;
    return { startUs, endUs, energyMwh, atLeastMwh: energyMwh ?? 0, atMostMwh: energyMwh, isKnown };
  }
  for (const { mostMwh: more } of touching)
    mostMwh = mostMwh === null || more === null ? null : mostMwh + more;
  return { startUs, endUs, energyMwh: measuredMwh, atLeastMwh: leastMwh, atMostMwh: mostMwh, isKnown };
}

/**
 * Spread evenly over windows that hold nothing else, a sum makes the lowest peak. It may be lower when a part can lie
 * where nothing counts, in a window that is measured beside it, or on a day that has its peak already.
 */
function isLowestWhenEven(rule: PeakRule, startUs: number, endUs: number, zone: string): boolean {
  const first = windowAt(rule, startUs, zone);
  if (first.endUs >= endUs) return isCounted(rule, first.startUs, zone);
  if (first.startUs !== startUs || windowAt(rule, endUs - quarterHourUs, zone).endUs !== endUs) return false;
  const day = bucketStartUs(startUs, 'day', zone);
  if (rule.isOnePerDay && rule.peaks > 1 && nextBucketUs(day, 'day', zone) < endUs) return false;
  if (rule.counting === null) return true;
  for (let at = startUs; at < endUs; at = windowAt(rule, at, zone).endUs)
    if (!isCounted(rule, at, zone)) return false;
  return true;
}

/** What the sums are that were spread into quarters, by quarter. */
function groupsOf(
  quarters: readonly QuarterHourOfftake[],
  byStart: ReadonlyMap<number, QuarterHourOfftake>,
  isLowest: (touched: Interval, isClosed: boolean) => boolean,
): Map<number, Group> {
  const known = new Map<string, Group>();
  const groups = new Map<number, Group>();
  for (const { startUs, knownAs, usedIn } of quarters) {
    if (knownAs === 'quarter' || knownAs === 'part') continue;
    const key = usedIn ? `${usedIn.startUs} ${usedIn.endUs} ${knownAs}` : '';
    const group = known.get(key) ?? groupOf(usedIn, knownAs, byStart, isLowest);
    known.set(key, group);
    groups.set(startUs, group);
  }
  return groups;
}

/**
 * What was spread into the quarters that a span touches was used in it or beside it, so all of that is the most that one of
 * them had; and what was spread from sums within the span was used in those quarters at least.
 */
function groupOf(
  usedIn: Interval | undefined,
  knownAs: KnownAs,
  byStart: ReadonlyMap<number, QuarterHourOfftake>,
  isLowest: (touched: Interval, isClosed: boolean) => boolean,
): Group {
  if (usedIn === undefined) return unknown;
  const touched = {
    startUs: quarterHourStartUs(usedIn.startUs),
    endUs: quarterHourStartUs(usedIn.endUs - 1) + quarterHourUs,
  };
  let mostMwh = 0;
  let withinMwh = 0;
  let isClosed = true;
  for (let at = touched.startUs; at < touched.endUs; at += quarterHourUs) {
    const quarter = byStart.get(at);
    // Another meter of the home does not tell of it, or the silence is longer than what was read.
    if (quarter === undefined) return unknown;
    const { offtakeMwh, usedIn: own } = quarter;
    if (quarter.knownAs !== 'quarter') mostMwh += offtakeMwh;
    if (own && own.startUs >= usedIn.startUs && own.endUs <= usedIn.endUs) withinMwh += offtakeMwh;
    isClosed &&= own?.startUs === usedIn.startUs && own.endUs === usedIn.endUs;
  }
  const isWhole = usedIn.startUs === touched.startUs && usedIn.endUs === touched.endUs;
  const isHour = knownAs === 'hour' && isClosed && isWhole && touched.endUs - touched.startUs === hourUs;
  return {
    hour: isHour ? touched : null,
    mostMwh,
    evenMwh: isLowest(touched, isClosed)
      ? (withinMwh * quarterHourUs) / (touched.endUs - touched.startUs)
      : 0,
  };
}
