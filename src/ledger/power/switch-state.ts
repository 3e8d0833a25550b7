import { quarterHourUs } from '../../units/durations.ts';
import { durationUs, type Interval, intersect, isEmpty } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { SwitchReading } from '../evidence.ts';

/** A span in which a switch is known to be on, or known to be off. */
export interface SwitchSpan extends Interval {
  readonly reading: SwitchReading & { readonly isOn: boolean };
}

/**
 * A switch keeps its state until its next one, however long that takes: Home Assistant reports each change, and an
 * absence when the state is no longer known. Nothing is known during an absence.
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
    const held = { startUs: reading.atUs, endUs: readings[index + 1]?.atUs ?? nowUs };
    const span = intersect({ startUs, endUs }, held);
    if (!isEmpty(span)) yield { ...span, reading: { ...reading, isOn } };
  }
}

/** Cuts an interval at the quarter-hours, and at another instant that may lie in it. */
export function* quarterHoursOf(
  { startUs, endUs }: Interval,
  cutUs = Number.POSITIVE_INFINITY,
): Generator<Interval> {
  for (let atUs = startUs; atUs < endUs; ) {
    const boundaryUs = Math.min(endUs, quarterHourStartUs(atUs) + quarterHourUs);
    const nextUs = cutUs > atUs ? Math.min(cutUs, boundaryUs) : boundaryUs;
    yield { startUs: atUs, endUs: nextUs };
    atUs = nextUs;
  }
}

/** How long a device was on, by quarter-hour. */
export class OnTime {
  readonly #onUs = new Map<number, number>();

  /** Records that the device was on, or off, over an interval. */
  add(span: Interval, isOn: boolean): void {
    for (const part of quarterHoursOf(span)) {
      const quarterHour = quarterHourStartUs(part.startUs);
      this.#onUs.set(quarterHour, (this.#onUs.get(quarterHour) ?? 0) + (isOn ? durationUs(part) : 0));
    }
  }

  /** Microseconds; null where it is not known at any moment of the quarter-hour. */
  of(quarterHour: number): number | null {
    return this.#onUs.get(quarterHour) ?? null;
  }
}
