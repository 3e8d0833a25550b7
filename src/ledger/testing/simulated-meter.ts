/** A meter whose every true register is known: the oracle of the simulation. */
import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';

/** The amount delivered until an instant, in millionths; between two knots it grows evenly. */
interface Knot {
  readonly atUs: number;
  readonly delivered: number;
}

export type Happening = 'counted' | 'dip' | 'reset' | 'absent';

export interface SimulatedState {
  readonly atUs: number;
  readonly text: string;
  readonly happening: Happening;
}

export class SimulatedMeter {
  /** It may be renamed. */
  entityId: string;
  readonly knots: Knot[] = [];
  /** The states it reported; `isLost`: the state is not in the store. */
  readonly reported: (SimulatedState & { isLost?: boolean })[] = [];
  readonly #random: () => number;
  #registerMicro: number;
  #delivered = 0;

  constructor(entityId: string, firstMicro: number, random: () => number) {
    this.entityId = entityId;
    this.#registerMicro = firstMicro;
    this.#random = random;
  }

  /**
   * The next state, later than all before.
   * @param isPlain it just goes on counting
   */
  report(atUs: number, isPlain = false): SimulatedState {
    const pick = isPlain ? 1 : this.#random();
    const usedMicro = Math.floor(this.#random() * 400) * 1000;
    const isFirst = this.knots.length === 0;
    if (!isFirst && pick < 0.04) return this.#emit(atUs, 'unavailable', 'absent');
    if (!isFirst && pick < 0.07) {
      // A glitch of the sensor: the meter itself does not move.
      this.knots.push({ atUs, delivered: this.#delivered });
      return this.#emit(
        atUs,
        kwh(this.#registerMicro - Math.floor(this.#registerMicro / 50_000) * 1000),
        'dip',
      );
    }
    if (!isFirst && pick < 0.08 && usedMicro * 2 < this.#registerMicro) {
      this.#registerMicro = usedMicro;
      return this.#count(atUs, usedMicro, 'reset');
    }
    this.#registerMicro += usedMicro;
    return this.#count(atUs, isFirst ? 0 : usedMicro, 'counted');
  }

  /** From the first reported register to the last. */
  get deliveredMicro(): number {
    return this.#delivered;
  }

  /** What it delivered in a quarter-hour, not rounded; only between the first and the last register. */
  inQuarterHour(startUs: number): number {
    return this.#deliveredUntil(startUs + quarterHourUs) - this.#deliveredUntil(startUs);
  }

  /** Quarter-hours that lie wholly between reported registers. */
  get wholeQuarterHours(): number[] {
    const first = this.knots[0];
    const last = this.knots.at(-1);
    if (first === undefined || last === undefined) return [];
    const quarterHours: number[] = [];
    for (
      let at = quarterHourStartUs(first.atUs) + quarterHourUs;
      at + quarterHourUs <= last.atUs;
      at += quarterHourUs
    )
      quarterHours.push(at);
    return quarterHours;
  }

  /** Whether every state from the register before a quarter-hour to the one after it is stored. */
  isComplete(startUs: number): boolean {
    const before = this.reported.findLastIndex(
      ({ atUs, happening }) => atUs <= startUs && happening !== 'absent',
    );
    const after = this.reported.findIndex(
      ({ atUs, happening }) => atUs >= startUs + quarterHourUs && happening !== 'absent',
    );
    return (
      before >= 0 &&
      after >= 0 &&
      this.reported.slice(before, after + 1).every(({ isLost }) => isLost !== true)
    );
  }

  /** The longest time without a stored register, from the one before a quarter-hour to the one after it. */
  gapAround(startUs: number): number {
    const known = this.reported
      .filter(({ isLost, happening }) => isLost !== true && happening !== 'absent')
      .map(({ atUs }) => atUs);
    const before = known.findLastIndex((atUs) => atUs <= startUs);
    const after = known.findIndex((atUs) => atUs >= startUs + quarterHourUs);
    const around = known.slice(before, after + 1);
    return Math.max(...around.slice(1).map((atUs, place) => atUs - (around[place] ?? atUs)));
  }

  #count(atUs: number, usedMicro: number, happening: Happening): SimulatedState {
    this.#delivered += usedMicro;
    this.knots.push({ atUs, delivered: this.#delivered });
    return this.#emit(atUs, kwh(this.#registerMicro), happening);
  }

  #emit(atUs: number, text: string, happening: Happening): SimulatedState {
    const state = { atUs, text, happening };
    this.reported.push(state);
    return state;
  }

  #deliveredUntil(us: number): number {
    const after = this.knots.findIndex(({ atUs }) => atUs >= us);
    const next = this.knots[after];
    const before = this.knots[after - 1];
    if (next === undefined) return this.#delivered;
    if (before === undefined) return next.delivered;
    const part = (us - before.atUs) / (next.atUs - before.atUs);
    return before.delivered + (next.delivered - before.delivered) * part;
  }
}

function kwh(micro: number): string {
  return (micro / 1_000_000).toFixed(3);
}
