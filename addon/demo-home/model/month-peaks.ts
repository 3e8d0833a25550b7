/** The highest quarter-hour of a month so far, as the meter itself keeps it. */
import { quarterHourUs } from '../../../src/units/durations.ts';
import type { Calendar } from './calendar.ts';
import type { Channel } from './day.ts';

/** The highest of the first quarter-hour, of the first two, and so on, in W; computed as far as needed. */
interface Month {
  readonly startUs: number;
  readonly highestW: number[];
}

/** The part of the house that the peaks are computed from. */
interface Metered {
  readonly calendar: Calendar;
  dayIndex(us: number): number;
  /** J since the first day. */
  register(channel: Channel, us: number): number;
}

export class MonthPeaks {
  readonly #house: Metered;
  readonly #channels: readonly Channel[];
  /** By the index of the day. */
  readonly #months = new Map<number, Month>();

  constructor(house: Metered, channels: readonly Channel[]) {
    this.#house = house;
    this.#channels = channels;
  }

  /** W, of the quarter-hours that were over at the instant; 0 before the first one is. */
  at(us: number): number {
    const { startUs, highestW } = this.#month(us);
    const over = Math.floor((us - startUs) / quarterHourUs);
    for (let index = highestW.length; index < over; index++) {
      const from = startUs + index * quarterHourUs;
      const joules = this.#joules(from + quarterHourUs) - this.#joules(from);
      highestW.push(Math.max(highestW[index - 1] ?? 0, joules / 900));
    }
    return over === 0 ? 0 : (highestW[over - 1] ?? 0);
  }

  #joules(us: number): number {
    return this.#channels.reduce((sum, channel) => sum + this.#house.register(channel, us), 0);
  }

  #month(us: number): Month {
    const day = this.#house.dayIndex(us);
    const known = this.#months.get(day);
    if (known !== undefined) return known;
    const { calendar } = this.#house;
    const first = Temporal.Instant.fromEpochMilliseconds(calendar.startMs(day))
      .toZonedDateTimeISO(calendar.timeZone)
      .with({ day: 1 })
      .startOfDay();
    // Nothing was counted before the meter was put in.
    const startUs = Math.max(first.epochMilliseconds, calendar.firstMs) * 1000;
    const firstDay = calendar.indexAt(startUs / 1000);
    const month = this.#months.get(firstDay) ?? { startUs, highestW: [] };
    this.#months.set(firstDay, month).set(day, month);
    return month;
  }
}
