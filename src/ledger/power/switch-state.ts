import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import type { SwitchReading } from '../evidence.ts';

/** A span in which a switch is known to be on, or known to be off. */
export interface SwitchSpan {
  readonly startUs: number;
  readonly endUs: number;
  readonly reading: SwitchReading & { readonly isOn: boolean };
}

export interface Hole {
  readonly startUs: number;
  readonly endUs: number;
}

/**
 * What a switch said holds until it says something else, however long that takes: Home Assistant tells a change, and an
 * absence when it no longer knows. Where it was absent, nothing is known.
 * @param readings ascending by time, one per instant; the first may lie before startUs and is carried in
 * @param nowUs how far the last state holds
 * @returns spans that touch [startUs, endUs), cut to it
 */
export function* switchSpans(
  readings: readonly SwitchReading[],
  startUs: number,
  endUs: number,
  nowUs: number,
): Generator<SwitchSpan> {
  for (const [index, reading] of readings.entries()) {
    const { isOn } = reading;
    if (isOn === null) continue;
    const startUs = Math.max(startUs, reading.atUs);
    const endUs = Math.min(endUs, readings[index + 1]?.atUs ?? nowUs);
    if (startUs < endUs) yield { startUs, endUs, reading: { ...reading, isOn } };
  }
}

/**
 * Asked span after span, ascending: what is left of each outside the holes.
 * @param holes ascending and apart
 */
export function outside(holes: readonly Hole[]) {
  let first = 0;
  return function* left(startUs: number, endUs: number): Generator<readonly [number, number]> {
    while (first < holes.length && (holes[first]?.endUs ?? 0) <= startUs) first += 1;
    let atUs = startUs;
    for (let index = first; index < holes.length; index += 1) {
      const hole = holes[index];
      if (hole === undefined || hole.startUs >= endUs) break;
      if (hole.startUs > atUs) yield [atUs, hole.startUs];
      atUs = hole.endUs;
    }
    if (atUs < endUs) yield [atUs, endUs];
  };
}

/** Both kinds of holes as one list, ascending and apart. */
export function joinedGaps(one: readonly Hole[], other: readonly Hole[]): Hole[] {
  const joined: Hole[] = [];
  for (const hole of [...one, ...other].sort((a, b) => a.startUs - b.startUs)) {
    const last = joined.at(-1);
    if (last === undefined || hole.startUs > last.endUs) joined.push(hole);
    else joined[joined.length - 1] = { startUs: last.startUs, endUs: Math.max(last.endUs, hole.endUs) };
  }
  return joined;
}

/** Cuts [startUs, endUs) at the quarter-hours, and at another instant that may lie in it. */
export function* quarterHoursOf(
  startUs: number,
  endUs: number,
  cutUs = Number.POSITIVE_INFINITY,
): Generator<readonly [number, number]> {
  for (let atUs = startUs; atUs < endUs; ) {
    const boundaryUs = Math.min(endUs, quarterHourStartUs(atUs) + quarterHourUs);
    const nextUs = cutUs > atUs ? Math.min(cutUs, boundaryUs) : boundaryUs;
    yield [atUs, nextUs];
    atUs = nextUs;
  }
}

/** How long a device was on, by quarter-hour. */
export class OnTime {
  readonly #onUs = new Map<number, number>();

  /** That the device was on, or was not, over a span. */
  add(startUs: number, endUs: number, isOn: boolean): void {
    for (const [startUs, endUs] of quarterHoursOf(startUs, endUs)) {
      const quarter = quarterHourStartUs(startUs);
      this.#onUs.set(quarter, (this.#onUs.get(quarter) ?? 0) + (isOn ? endUs - startUs : 0));
    }
  }

  /** Microseconds; null where it is not known at any moment of the quarter. */
  of(quarter: number): number | null {
    return this.#onUs.get(quarter) ?? null;
  }
}
