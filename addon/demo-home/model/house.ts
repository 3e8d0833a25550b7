/**
 * The demo home's physics as a function of a seed and an instant. A register is the exact integral of its power since
 * the meters were put in; days are computed when asked for and forgotten again, only their totals are kept.
 */
import { minuteUs } from '../../../src/units/durations.ts';
import { loads } from './appliances.ts';
import { Calendar, isDayTariff } from './calendar.ts';
import { battery, type Channel, channels, computeDay, type HouseDay } from './day.ts';
import { MonthPeaks } from './month-peaks.ts';
import { flickerJ, flickerW } from './noise.ts';
import { clearness } from './weather.ts';

interface HouseOptions {
  readonly seed: number;
  readonly timeZone: string;
  /** ISO date of the first day; registers start there. Starting costs about two milliseconds a day since then. */
  readonly installedOn: string;
}

/** What was reached at a day's start. */
interface Checkpoint {
  readonly totals: Readonly<Record<Channel, number>>;
  readonly storedJ: number;
}

const daysKept = 40;

export class House {
  readonly calendar: Calendar;
  readonly seed: number;
  readonly #checkpoints: Checkpoint[];
  readonly #days = new Map<number, HouseDay>();
  readonly #peaks = new Map<readonly Channel[], MonthPeaks>();
  #last: HouseDay | null = null;

  constructor(options: HouseOptions) {
    this.seed = options.seed;
    this.calendar = new Calendar(options.timeZone, options.installedOn);
    const zero = Object.fromEntries(channels.map((channel) => [channel, 0])) as Record<Channel, number>;
    this.#checkpoints = [{ totals: zero, storedJ: battery.capacityJ / 2 }];
  }

  /** W (gas, water: mL/s) at the instant. */
  rate(channel: Channel, us: number): number {
    const found = this.#at(us);
    const rate = found.house.series[channel].rates[found.minute] ?? 0;
    const sign = flickerSign(channel, rate);
    return sign.load === 0 && sign.solar === 0 ? rate : rate + this.#flickerW(found, sign);
  }

  /** J (gas, water: mL) since the first day; never falls. */
  register(channel: Channel, us: number): number {
    const found = this.#at(us);
    const series = found.house.series[channel];
    const rate = series.rates[found.minute] ?? 0;
    const seconds = found.us / 1_000_000;
    let within = (rate * found.us) / 1_000_000;
    const sign = flickerSign(channel, rate);
    if (sign.load !== 0) {
      const amplitude = found.house.loadFlickerW[found.minute] ?? 0;
      within += sign.load * flickerJ(this.seed, found.absoluteMinute, seconds, amplitude);
    }
    if (sign.solar !== 0) {
      const amplitude = found.house.solarFlickerW[found.minute] ?? 0;
      within += sign.solar * flickerJ(this.seed + 1, found.absoluteMinute, seconds, amplitude);
    }
    const before = this.#checkpoint(found.house.day.index).totals[channel];
    return before + (series.totals[found.minute] ?? 0) + within;
  }

  /** The channels' highest quarter-hour of the home's month that was over at the instant, W. */
  monthPeakW(channels: readonly Channel[], us: number): number {
    const peaks = this.#peaks.get(channels) ?? new MonthPeaks(this, channels);
    this.#peaks.set(channels, peaks);
    return peaks.at(us);
  }

  /** All loads together, W. */
  homeW(us: number): number {
    let sum = 0;
    for (const load of loads) sum += this.rate(load, us);
    return sum;
  }

  /** Energy in the battery, J. */
  storedJ(us: number): number {
    const { house, minute, us: within } = this.#at(us);
    const from = house.storedJ[minute] ?? 0;
    const to = house.storedJ[minute + 1] ?? from;
    return from + ((to - from) * within) / minuteUs;
  }

  outdoorC(us: number): number {
    const { house, minute } = this.#at(us);
    return house.outdoorC[minute] ?? 0;
  }

  wallMinute(us: number): number {
    const { house, minute } = this.#at(us);
    return house.day.wallMinutes[minute] ?? 0;
  }

  isDayTariff(us: number): boolean {
    return isDayTariff(this.#at(us).house.day.weekday, this.wallMinute(us));
  }

  isCloudy(us: number): boolean {
    return clearness(this.seed, this.dayIndex(us), Math.floor(us / minuteUs)) < 0.6;
  }

  dayIndex(us: number): number {
    return this.#at(us).house.day.index;
  }

  /** Computes the days up to the instant, so that no later question has to. */
  prepare(us: number): void {
    this.#checkpoint(this.calendar.indexAt(us / 1000));
  }

  #flickerW(found: Place, sign: { load: number; solar: number }): number {
    const second = Math.floor(found.us / 1_000_000);
    const load = flickerW(
      this.seed,
      found.absoluteMinute,
      second,
      found.house.loadFlickerW[found.minute] ?? 0,
    );
    const solar = flickerW(
      this.seed + 1,
      found.absoluteMinute,
      second,
      found.house.solarFlickerW[found.minute] ?? 0,
    );
    return sign.load * load + sign.solar * solar;
  }

  #at(us: number): Place {
    let house = this.#last;
    const ms = us / 1000;
    if (house === null || ms < house.day.startMs || ms >= house.day.startMs + house.day.minutes * 60_000) {
      const index = this.calendar.indexAt(ms);
      if (index < 0) throw new RangeError(`the demo home did not exist yet at ${new Date(ms).toISOString()}`);
      house = this.#day(index);
      this.#last = house;
    }
    const since = us - house.day.startMs * 1000;
    const minute = Math.floor(since / minuteUs);
    return {
      house,
      minute,
      us: since - minute * minuteUs,
      absoluteMinute: house.day.startMs / 60_000 + minute,
    };
  }

  #day(index: number): HouseDay {
    const known = this.#days.get(index);
    if (known !== undefined) return known;
    const day = this.#compute(index);
    if (this.#days.size >= daysKept)
      for (const oldest of this.#days.keys()) {
        this.#days.delete(oldest);
        break;
      }
    this.#days.set(index, day);
    return day;
  }

  #compute(index: number): HouseDay {
    const before = index > 0 ? this.calendar.day(index - 1) : null;
    return computeDay(this.seed, this.calendar.day(index), before, this.#checkpoint(index).storedJ);
  }

  #checkpoint(index: number): Checkpoint {
    for (let known = this.#checkpoints.length - 1; known < index; known++) {
      const { series, storedJ, day } = this.#compute(known);
      const from = this.#checkpoints[known];
      if (from === undefined) throw new Error(`no checkpoint of day ${known}`);
      const totals = {} as Record<Channel, number>;
      for (const channel of channels)
        totals[channel] = from.totals[channel] + (series[channel].totals[day.minutes] ?? 0);
      this.#checkpoints.push({ totals, storedJ: storedJ[day.minutes] ?? 0 });
    }
    const found = this.#checkpoints[index];
    if (found === undefined) throw new RangeError(`no day ${index}`);
    return found;
  }
}

interface Place {
  readonly house: HouseDay;
  readonly minute: number;
  /** Microseconds since the minute's start. */
  readonly us: number;
  readonly absoluteMinute: number;
}

const none = { load: 0, solar: 0 };
const ofLoad = { load: 1, solar: 0 };
const ofSolar = { load: 0, solar: 1 };
const ofImport = { load: 1, solar: -1 };
const ofExport = { load: -1, solar: 1 };

/** The flicker of a channel: what base load and roof change within a second goes to the grid and nowhere else. */
function flickerSign(channel: Channel, rate: number): { load: number; solar: number } {
  switch (channel) {
    case 'base':
      return ofLoad;
    case 'solar':
      return ofSolar;
    case 'import_day':
    case 'import_night':
      return rate > 0 ? ofImport : none;
    case 'export_day':
    case 'export_night':
      return rate > 0 ? ofExport : none;
    default:
      return none;
  }
}

export type { Channel };
