import { usualRules } from '../ledger/posting/reposting.ts';
import type { Bucket } from '../statistics/bucket.ts';
import { bucketStartUs, nextBucketUs } from '../units/calendar.ts';
import { hourUs, quarterHourUs } from '../units/durations.ts';
import type { Interval } from '../units/interval.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import type { PeakRule } from './peak-rules.ts';

/**
 * How a quarter-hour's offtake is known: `quarter` measured as one, `part` measured in part (a lower bound),
 * `hour` spread from about an hour, `span` spread over a longer silence with only its sum known.
 */
export type KnownAs = 'quarter' | 'part' | 'hour' | 'span';

export interface QuarterHourOfftake {
  readonly startUs: number;
  /** Milliwatt-hours taken from the grid. */
  readonly offtakeMwh: number;
  readonly knownAs: KnownAs;
  /** The interval in which a spread sum was used; absent when it was not spread or that is not known. */
  readonly usedIn?: Interval;
}

/** A window that counts, with its known bounds, mWh. Offtake only: injection counts as 0. */
export interface PeakWindow extends Interval {
  /** Measured energy of the window, mWh; null when it was not measured as one. */
  readonly energyMwh: number | null;
  /** Among all ways in which the known sums may have been spread, some window has this much at least. */
  readonly atLeastMwh: number;
  /** At most this much; null while a part of it is not known. */
  readonly atMostMwh: number | null;
  readonly isKnown: boolean;
}

/** How far around a month quarter-hours are read, so that an hour over its edge is complete. */
export const besideUs = 2 * hourUs;

/**
 * `hourly` quarter-hours rest on evidence no further apart than this, however far back a silent register beside
 * them goes.
 */
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
  const isSpanKnown = usedIn.startUs < endUs && usedIn.endUs > startUs;
  return [{ ...offtake, knownAs, ...(isSpanKnown && { usedIn }) }];
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

/** Quarter-hours with only their sum known. */
interface Group {
  /** The hour that was reported as one; null when the group is not such an hour. */
  readonly hour: Interval | null;
  /** The most that can have been used in one of them; null while a part is not known. */
  readonly mostMwh: number | null;
  /**
   * What each quarter-hour has when the sum is spread evenly, where that makes the lowest peak; 0 where another
   * way makes a lower one.
   */
  readonly evenMwh: number;
}

const unknown: Group = { hour: null, mostMwh: null, evenMwh: 0 };

/**
 * The windows of [startUs, endUs) that count, ascending, known or not.
 * @param quarters ascending, over at least [startUs - besideUs, endUs + besideUs)
 */
export function peakWindows(
  rule: PeakRule,
  quarters: readonly QuarterHourOfftake[],
  startUs: number,
  endUs: number,
  zone: string,
): PeakWindow[] {
  const byStart = new Map(quarters.map((quarterHour) => [quarterHour.startUs, quarterHour]));
  const groups = groupsOf(
    quarters,
    byStart,
    (touched, isClosed) =>
      touched.startUs >= startUs &&
      touched.endUs <= endUs &&
      // Each of several overlapping sums bounds the highest window, but not several windows together.
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
    const quarterHour = byStart.get(at);
    const group = groups.get(at);
    isKnown ||= quarterHour !== undefined;
    if (group !== undefined) {
      measuredMwh = null;
      touching.add(group);
      leastMwh += group.evenMwh;
    } else if (quarterHour?.knownAs === 'quarter') {
      if (measuredMwh !== null) measuredMwh += quarterHour.offtakeMwh;
      leastMwh += quarterHour.offtakeMwh;
      if (mostMwh !== null) mostMwh += quarterHour.offtakeMwh;
    } else {
      measuredMwh = mostMwh = null;
      leastMwh += quarterHour?.offtakeMwh ?? 0;
    }
  }
  const [group] = touching;
  if (group?.hour?.startUs === startUs && group.hour.endUs === endUs) {
    // An hour that was reported as one counts as measured under a rule of hours.
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

/** The groups of spread quarter-hours, by the start of each quarter-hour. */
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
 * What was spread into the quarter-hours that a span touches was used in it or beside it, so all of that is the
 * upper bound of each; and what was spread from sums within the span was used in those quarter-hours at least.
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
    const quarterHour = byStart.get(at);
    // Another meter of the home has no entry for it, or the silence is longer than what was read.
    if (quarterHour === undefined) return unknown;
    const { offtakeMwh, usedIn: own } = quarterHour;
    if (quarterHour.knownAs !== 'quarter') mostMwh += offtakeMwh;
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
