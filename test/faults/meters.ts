/** Meters of a home without other changes: counters that tick a few times a second, with a past of their own. */
import type { DemoHome } from '../../addon/demo-home/demo-home.ts';
import { bare } from '../../addon/demo-home/home/by-hand.ts';
import { randomOf } from '../../src/testing/random.ts';

const attributes = {
  unit_of_measurement: 'kWh',
  device_class: 'energy',
  state_class: 'total_increasing',
};
const pastHours = 2;
const pastStepUs = 20_000_000;

/** Ticks counters of a demo home until `pause`; the home records every state. */
export class Meters {
  readonly entityIds: readonly string[];
  readonly #home: DemoHome;
  readonly #registers: number[];
  readonly #random: () => number;
  #timer: NodeJS.Timeout | null = null;

  constructor(home: DemoHome, count: number, seed: number) {
    this.#home = home;
    this.#random = randomOf(seed);
    this.entityIds = Array.from({ length: count }, (_, place) => `sensor.fault_meter_${place}`);
    this.#registers = this.entityIds.map((_, place) => 1000 * (place + 1));
    for (const entityId of this.entityIds)
      home.home.add(
        bare(entityId, { unit: 'kWh', deviceClass: 'energy', stateClass: 'total_increasing' }),
        true,
      );
    this.#playPast();
  }

  /** @param perSecond of all meters together */
  run(perSecond = 40): void {
    this.pause();
    const everyMs = 50;
    this.#timer = setInterval(() => {
      for (let i = 0; i < (perSecond * everyMs) / 1000; i += 1) this.tick();
    }, everyMs);
  }

  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  tick(atUs?: number, place = Math.floor(this.#random() * this.entityIds.length)): void {
    const entityId = this.entityIds[place];
    if (entityId === undefined) return;
    const isAway = this.#random() < 0.02;
    const register = (this.#registers[place] ?? 0) + Math.ceil(this.#random() * 20) / 1000;
    this.#registers[place] = register;
    this.#home.emit(entityId, isAway ? 'unavailable' : register.toFixed(3), attributes, atUs);
  }

  /** Settled quarter-hours, so that there is a ledger to be verified. */
  #playPast(): void {
    const nowUs = this.#home.home.advance();
    for (let atUs = nowUs - pastHours * 3_600_000_000; atUs < nowUs; atUs += pastStepUs)
      for (const place of this.entityIds.keys()) this.tick(atUs + place, place);
  }
}
