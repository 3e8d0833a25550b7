/**
 * What a meter's readings amount to, reckoned slowly and plainly, with fractions and by the wall clock of Intl. It
 * shares no line with the product, so that the two can't be wrong in the same way.
 */

export interface RegisterState {
  readonly atUs: number;
  /** The register in millionths of its unit; null while the meter was unavailable. */
  readonly micro: bigint | null;
}

/** A number as one integer over another. */
export class Fraction {
  readonly over: bigint;
  readonly under: bigint;

  constructor(over: bigint, under = 1n) {
    this.over = over;
    this.under = under;
  }

  plus(other: Fraction): Fraction {
    if (this.under === other.under) return new Fraction(this.over + other.over, this.under);
    const over = this.over * other.under + other.over * this.under;
    const under = this.under * other.under;
    const shared = divisorOf(over < 0n ? -over : over, under);
    return new Fraction(over / shared, under / shared);
  }

  /** Whether an integer is less than `within` away from it. */
  isNear(whole: bigint, within: bigint): boolean {
    const away = whole * this.under - this.over;
    return (away < 0n ? -away : away) < within * this.under;
  }

  toNumber(): number {
    return Number(this.over) / Number(this.under);
  }
}

function divisorOf(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b > 0n) [a, b] = [b, a % b];
  return a;
}

export const quarter = 900_000_000n;

export interface ReckonedQuarterHour {
  readonly micro: Fraction;
  /**
   * Measured as a quarter-hour and to its end: no silence of more than twenty minutes and no absence reaches into it.
   */
  readonly isMeasured: boolean;
}

/**
 * By the start of each quarter-hour, of a register that only rises: the first value is the zero point, below nine
 * tenths of the reading before is a reset and counts from 0, any other fall counts nothing and is not the new
 * beginning.
 * @param states ascending
 */
export function reckon(states: readonly RegisterState[]): Map<number, ReckonedQuarterHour> {
  const amounts = new Map<bigint, Fraction>();
  const measuredUs = new Map<bigint, bigint>();
  const doubtful = new Set<bigint>();
  let before: { atUs: bigint; micro: bigint } | null = null;
  let highest = 0n;
  let wasAway = false;
  for (const { atUs: at, micro } of states) {
    if (micro === null) {
      wasAway = true;
      continue;
    }
    if (micro < 0n) continue;
    const atUs = BigInt(at);
    if (before !== null) {
      const isReset = micro * 10n < before.micro * 9n;
      const counted = isReset ? micro : micro > highest ? micro - highest : 0n;
      const isShort = atUs - before.atUs <= 1_200_000_000n && !wasAway;
      const isSmall = !isReset && counted <= 10_000n;
      for (let from = before.atUs; from < atUs; ) {
        const start = (from / quarter) * quarter;
        const until = start + quarter < atUs ? start + quarter : atUs;
        const isWhole = before.atUs >= start && atUs <= start + quarter;
        const part = new Fraction(counted * (until - from), atUs - before.atUs);
        amounts.set(start, (amounts.get(start) ?? new Fraction(0n)).plus(part));
        if (isShort || isSmall || isWhole)
          measuredUs.set(start, (measuredUs.get(start) ?? 0n) + until - from);
        else doubtful.add(start);
        from = until;
      }
      highest = isReset || micro > highest ? micro : highest;
    } else highest = micro;
    before = { atUs, micro };
    wasAway = false;
  }
  const quarters = new Map<number, ReckonedQuarterHour>();
  for (const [start, micro] of amounts)
    quarters.set(Number(start), {
      micro,
      isMeasured: measuredUs.get(start) === quarter && !doubtful.has(start),
    });
  return quarters;
}

/** Meters of one connection together: known where each of them is. */
export function together(
  meters: readonly Map<number, ReckonedQuarterHour>[],
): Map<number, ReckonedQuarterHour> {
  const [first, ...others] = meters;
  const all = new Map<number, ReckonedQuarterHour>();
  for (const [start, quarterHourOfFirst] of first ?? []) {
    let sum = quarterHourOfFirst;
    let isKnown = true;
    for (const other of others) {
      const part = other.get(start);
      if (part === undefined) isKnown = false;
      else sum = { micro: sum.micro.plus(part.micro), isMeasured: sum.isMeasured && part.isMeasured };
    }
    if (isKnown) all.set(start, sum);
  }
  return all;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a zone, and by how many minutes it is ahead of UTC. */
export function wallClock(atUs: number, zone: string) {
  let format = formats.get(zone);
  if (format === undefined) {
    const two = '2-digit';
    format = new Intl.DateTimeFormat('en-CA', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: two, day: two, hour: two, minute: two },
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(atUs / 1000).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
  const [year, month, day, hour, minute] = ['year', 'month', 'day', 'hour', 'minute'].map((name) =>
    Number(part(name as Intl.DateTimeFormatPartTypes)),
  ) as [number, number, number, number, number];
  const aheadMinutes = (Date.UTC(year, month - 1, day, hour, minute) - atUs / 1000) / 60_000;
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return { date, month: date.slice(0, 7), hour: part('hour'), aheadMinutes };
}

type Shown = 'hour' | 'date' | 'month';

/** What the wall clock shows; of an hour also how far it is ahead, which distinguishes both 02:00 of autumn. */
function shown(atUs: number, zone: string, period: Shown): string {
  const wall = wallClock(atUs, zone);
  return period === 'hour' ? `${wall.date} ${wall.hour} ${wall.aheadMinutes}` : wall[period];
}

/** Sums by what the wall clock shows at the start of each quarter-hour. */
export function sumsBy(
  quarters: ReadonlyMap<number, ReckonedQuarterHour>,
  zone: string,
  period: Shown,
): Map<string, Fraction> {
  const sums = new Map<string, Fraction>();
  for (const [startUs, { micro }] of quarters) {
    const key = shown(startUs, zone, period);
    sums.set(key, sums.get(key)?.plus(micro) ?? micro);
  }
  return sums;
}

/** The same for hours, by the first quarter-hour at which the clock shows the hour. */
export function hourSums(
  quarters: ReadonlyMap<number, ReckonedQuarterHour>,
  zone: string,
): Map<number, Fraction> {
  const sums = new Map<number, Fraction>();
  for (const [startUs, { micro }] of quarters) {
    const key = shown(startUs, zone, 'hour');
    let first = startUs;
    while (shown(first - Number(quarter), zone, 'hour') === key) first -= Number(quarter);
    sums.set(first, sums.get(first)?.plus(micro) ?? micro);
  }
  return sums;
}

/** The highest measured quarter-hour of each month, the first of equals; milliwatt-hours. */
export function monthPeaks(quarters: ReadonlyMap<number, ReckonedQuarterHour>, zone: string) {
  const peaks = new Map<string, { startUs: number; micro: number }>();
  for (const [startUs, { micro, isMeasured }] of [...quarters].sort(([a], [b]) => a - b)) {
    if (!isMeasured) continue;
    const { month } = wallClock(startUs, zone);
    const value = micro.toNumber();
    const best = peaks.get(month);
    if (best === undefined || value > best.micro) peaks.set(month, { startUs, micro: value });
  }
  return peaks;
}

/** The same numbers for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
