/**
 * When each entity reports: a fixed rhythm with some jitter, by hash, so that the instants of any hour in the past
 * can be found again without being stored.
 */
import { chance, hashText } from '../model/noise.ts';

export interface Group {
  readonly name: string;
  readonly periodUs: number;
}

const seconds: Readonly<Record<string, number>> = {
  inverter: 5,
  battery: 5,
  gas: 300,
  p1_demand: 60,
  water: 30,
  heat_pump: 15,
  boiler: 30,
  office: 20,
  media: 20,
  ventilation: 30,
  climate: 60,
  lights: 120,
  slow: 900,
};

export function groupOf(device: string): Group {
  return { name: device, periodUs: (seconds[device] ?? 10) * 1_000_000 };
}

export class Cadence {
  readonly #periodUs: number;
  readonly #phaseUs: number;
  readonly #jitterUs: number;
  readonly #channel: number;
  readonly #seed: number;
  readonly #offsetUs: number;

  /** `place`: the entity's number within the home; those of one device report microseconds after each other. */
  constructor(group: Group, seed: number, place: number) {
    this.#periodUs = group.periodUs;
    this.#channel = hashText(group.name);
    this.#seed = seed;
    this.#phaseUs = Math.floor(chance(seed, this.#channel, 1) * group.periodUs * 0.6);
    this.#jitterUs = Math.min(Math.floor(group.periodUs * 0.3), 400_000);
    this.#offsetUs = 137 * (place + 1);
  }

  /** Instant of report number `k`; later numbers are always later. */
  instantUs(k: number): number {
    const jitter = Math.floor(chance(this.#seed, this.#channel, k) * this.#jitterUs);
    return k * this.#periodUs + this.#phaseUs + jitter + this.#offsetUs;
  }

  /** Number of the last report at or before the instant. */
  lastAt(us: number): number {
    let k = Math.floor((us - this.#phaseUs - this.#offsetUs) / this.#periodUs);
    if (this.instantUs(k) > us) k--;
    return k;
  }
}
