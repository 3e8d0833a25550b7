/** The home's days by wall clock: 23, 24 or 25 hours long, counted from the day the meters were put in. */
import { dayMs } from '../../../src/units/durations.ts';

export interface LocalDay {
  /** Days since the first one. */
  readonly index: number;
  readonly startMs: number;
  readonly minutes: number;
  /** Monday 1 … Sunday 7. */
  readonly weekday: number;
  readonly dayOfYear: number;
  /** Minute of the wall clock (0-1439) for each minute of the day; on the day of 25 hours one hour comes twice. */
  readonly wallMinutes: Int16Array;
}

export class Calendar {
  readonly timeZone: string;
  readonly firstMs: number;
  readonly #first: Temporal.PlainDate;
  readonly #starts: number[] = [];

  /** `firstDate`: ISO date of day 0. */
  constructor(timeZone: string, firstDate: string) {
    this.timeZone = timeZone;
    this.#first = Temporal.PlainDate.from(firstDate);
    this.firstMs = this.startMs(0);
  }

  startMs(index: number): number {
    const known = this.#starts[index];
    if (known !== undefined) return known;
    const start = this.#first.add({ days: index }).toZonedDateTime(this.timeZone).epochMilliseconds;
    this.#starts[index] = start;
    return start;
  }

  /** The day that holds the instant; negative indexes lie before the first day. */
  indexAt(ms: number): number {
    let index = Math.floor((ms - this.firstMs) / dayMs);
    if (index < 0) return -1;
    while (this.startMs(index) > ms) index--;
    while (this.startMs(index + 1) <= ms) index++;
    return index;
  }

  day(index: number): LocalDay {
    const startMs = this.startMs(index);
    const minutes = (this.startMs(index + 1) - startMs) / 60_000;
    const date = this.#first.add({ days: index });
    return {
      index,
      startMs,
      minutes,
      weekday: date.dayOfWeek,
      dayOfYear: date.dayOfYear,
      wallMinutes: wallMinutesOf(startMs, minutes, this.timeZone),
    };
  }
}

function wallMinutesOf(startMs: number, minutes: number, timeZone: string): Int16Array {
  const wall = new Int16Array(minutes);
  if (minutes === 1440) {
    for (let minute = 0; minute < minutes; minute++) wall[minute] = minute;
    return wall;
  }
  for (let quarter = 0; quarter < minutes; quarter += 15) {
    const time = Temporal.Instant.fromEpochMilliseconds(startMs + quarter * 60_000).toZonedDateTimeISO(
      timeZone,
    );
    const first = time.hour * 60 + time.minute;
    for (let minute = 0; minute < 15 && quarter + minute < minutes; minute++)
      wall[quarter + minute] = first + minute;
  }
  return wall;
}

/** The dearer tariff in Flanders: Monday to Friday from 7 to 22 by wall clock. */
export function isDayTariff(weekday: number, wallMinute: number): boolean {
  return weekday <= 5 && wallMinute >= 7 * 60 && wallMinute < 22 * 60;
}
