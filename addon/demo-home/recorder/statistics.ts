/**
 * Statistics as Core compiles them: five-minute rows out of the states, hours out of those, days and longer out of
 * hours by the home's wall clock. Values are in the entity's own unit; the protocol converts.
 */

import { dayUs, hourMs, hourUs } from '../../../src/units/durations.ts';
import { isByHand } from '../home/by-hand.ts';
import type { Entity } from '../home/entity.ts';
import type { Home } from '../home/home.ts';
import type { ExternalStatistic } from './external.ts';
import type { Row } from './row.ts';
import type { Change } from './timeline.ts';

const fiveMinutesUs = 300_000_000;
/** Core compiles some seconds past the five minutes. */
const compiledAfterUs = 10_500_000;
const rowsCached = 60_000;

export class Statistics {
  readonly #home: Home;
  readonly #shortDays: number;
  readonly #longDays: number;
  readonly #hours = new Map<string, Row | null>();
  /** By id; what a test or a case puts in. */
  readonly externals = new Map<string, ExternalStatistic>();

  constructor(home: Home, shortDays: number, longDays: number) {
    this.#home = home;
    this.#shortDays = shortDays;
    this.#longDays = longDays;
  }

  /** Rows of five minutes with start ≤ row start < end. */
  fiveMinutes(entity: Entity, startUs: number, endUs: number): Row[] {
    const from = ceil(Math.max(startUs, this.oldestShortUs()), fiveMinutesUs);
    const to = Math.min(ceil(endUs, fiveMinutesUs), this.#compiledUs(fiveMinutesUs));
    return compile(entity, from, to);
  }

  hours(entity: Entity, startUs: number, endUs: number): Row[] {
    const from = ceil(Math.max(startUs, this.oldestLongUs()), hourUs);
    const to = Math.min(ceil(endUs, hourUs), this.#compiledUs(hourUs));
    const rows: Row[] = [];
    for (let at = from; at < to; at += hourUs) {
      const row = this.#hour(entity, at, to);
      if (row !== null) rows.push(row);
    }
    return rows;
  }

  /** The sum that the last row before the instant had; null when the table has none. */
  sumBefore(entity: Entity, us: number, table: 'short' | 'long'): number | null {
    // The long table of a real home goes back to its beginning: only here is it cut, so its sum before is still known.
    if (table === 'short' && us <= ceil(this.oldestShortUs(), fiveMinutesUs)) return null;
    const aligned = Math.ceil(us / fiveMinutesUs) * fiveMinutesUs;
    return reckon(entity, aligned)?.sum ?? null;
  }

  oldestShortUs(): number {
    return Math.max(this.#home.cursorUs() - this.#shortDays * dayUs, this.#bornUs());
  }
  oldestLongUs(): number {
    return Math.max(this.#home.cursorUs() - this.#longDays * dayUs, this.#bornUs());
  }

  #bornUs(): number {
    return this.#home.house.calendar.firstMs * 1000 + hourUs;
  }

  #compiledUs(periodUs: number): number {
    return Math.floor((this.#home.cursorUs() - compiledAfterUs) / periodUs) * periodUs;
  }

  #hour(entity: Entity, atUs: number, endUs: number): Row | null {
    // A finished hour never changes, except for entities that may get earlier instants.
    if (isByHand(entity.definition)) return hourOf(compile(entity, atUs, atUs + hourUs));
    const key = (us: number) => `${entity.definition.key} ${us}`;
    const known = this.#hours.get(key(atUs));
    if (known !== undefined) return known;
    if (this.#hours.size > rowsCached) this.#hours.clear();
    // A day at once: one walk through its states costs less than twenty-four.
    const to = Math.min(endUs, atUs + dayUs);
    const rows = compile(entity, atUs, to);
    for (let hour = atUs; hour < to; hour += hourUs) {
      const own = rows.filter(({ startMs }) => startMs * 1000 >= hour && startMs * 1000 < hour + hourUs);
      this.#hours.set(key(hour), hourOf(own));
    }
    return this.#hours.get(key(atUs)) ?? null;
  }
}

function hourOf(rows: readonly Row[]): Row | null {
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined) return null;
  const startMs = Math.floor(first.startMs / hourMs) * hourMs;
  return { ...combine(rows), startMs, endMs: startMs + hourMs };
}

/** Mean of means, least, most, and the last one's state and sum. */
export function combine(rows: readonly Row[]): Omit<Row, 'startMs' | 'endMs'> {
  const of = (pick: (row: Row) => number | null) => rows.map(pick).filter((value) => value !== null);
  const means = of(({ mean }) => mean);
  const least = of(({ min }) => min);
  const most = of(({ max }) => max);
  const last = rows.at(-1);
  return {
    mean: means.length === 0 ? null : means.reduce((a, b) => a + b, 0) / means.length,
    min: least.length === 0 ? null : Math.min(...least),
    max: most.length === 0 ? null : Math.max(...most),
    state: last?.state ?? null,
    sum: last?.sum ?? null,
  };
}

interface Reckoning {
  sum: number;
  last: number;
}

/** Core's sum and the last numeric reading as they stand just before the instant; null when there was none yet. */
function reckon(entity: Entity, us: number): Reckoning | null {
  const touchUs = entity.timeline.firstTouchUs();
  const zero = zeroOf(entity);
  const untouchedUs = touchUs === null ? us : Math.min(us, touchUs);
  let current = entity.timeline.inForceAt(untouchedUs - 1);
  let value = numeric(current);
  for (let before = current; value === null && before !== null; value = numeric(before))
    before = entity.timeline.inForceAt(before.atUs - 1);
  let reckoning: Reckoning | null = value === null ? null : { sum: value - (zero ?? value), last: value };
  if (untouchedUs === us) return reckoning;
  for (const change of entity.timeline.changes(current, untouchedUs - 1, us - 1)) {
    current = change;
    reckoning = step(entity, reckoning, numeric(change));
  }
  return reckoning;
}

function step(entity: Entity, before: Reckoning | null, value: number | null): Reckoning | null {
  if (value === null) return before;
  if (before === null) return { sum: 0, last: value };
  const isReset = entity.definition.stateClass === 'total_increasing' && value < 0.9 * before.last;
  return { sum: before.sum + (isReset ? value : value - before.last), last: value };
}

function zeroOf(entity: Entity): number | null {
  const { meaning } = entity.definition;
  return meaning.kind === 'register' ? meaning.baseUnits : null;
}

/** Five-minute rows of [from, to), both aligned. */
function compile(entity: Entity, startUs: number, endUs: number): Row[] {
  if (endUs <= startUs) return [];
  const hasSum = entity.definition.stateClass !== 'measurement';
  let current = entity.timeline.inForceAt(startUs - 1);
  let reckoning = hasSum ? reckon(entity, startUs) : null;
  const changes = entity.timeline.changes(current, startUs - 1, endUs - 1);
  const rows: Row[] = [];
  let next = 0;
  for (let at = startUs; at < endUs; at += fiveMinutesUs) {
    const end = at + fiveMinutesUs;
    const states: { us: number; value: number }[] = [];
    const carried = numeric(current);
    if (carried !== null) states.push({ us: at, value: carried });
    for (let change = changes[next]; change !== undefined && change.atUs < end; change = changes[++next]) {
      current = change;
      const value = numeric(change);
      if (value === null) continue;
      // A state at the very start takes the carried one's place.
      if (change.atUs === at) states.length = 0;
      states.push({ us: change.atUs, value });
      if (hasSum) reckoning = step(entity, reckoning, value);
    }
    if (states.length === 0) continue;
    const startMs = at / 1000;
    const endMs = end / 1000;
    if (hasSum) {
      const state = states.at(-1)?.value ?? null;
      rows.push({ startMs, endMs, state, sum: reckoning?.sum ?? null, mean: null, min: null, max: null });
    } else {
      rows.push({ startMs, endMs, state: null, sum: null, ...weigh(states, end) });
    }
  }
  return rows;
}

/** Mean by the time that each value was in force; what is not numeric is skipped, as Core does. */
function weigh(
  states: readonly { us: number; value: number }[],
  endUs: number,
): { mean: number; min: number; max: number } {
  let area = 0;
  let min = Infinity;
  let max = -Infinity;
  for (const [i, { us, value }] of states.entries()) {
    area += value * ((states[i + 1]?.us ?? endUs) - us);
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { mean: area / (endUs - (states[0]?.us ?? endUs)), min, max };
}

function numeric(change: Change | null): number | null {
  if (change === null || change.text === null || change.text.trim() === '') return null;
  const value = Number(change.text);
  return Number.isFinite(value) ? value : null;
}

function ceil(us: number, periodUs: number): number {
  return Math.ceil(us / periodUs) * periodUs;
}
