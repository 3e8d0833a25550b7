/**
 * Meters that report seldom, each quarter-hour, each hour and once a day: nothing is measured between their reports.
 */

import { expect } from 'vitest';
import type { DemoHome } from '../../addon/demo-home/demo-home.ts';
import { bare } from '../../addon/demo-home/home/by-hand.ts';
import type { ledger } from '../../src/schemas/ledger.ts';
import { randomOf } from '../../src/testing/random.ts';
import { hourUs, quarterHourUs } from '../../src/units/durations.ts';

type Ledger = ReturnType<typeof ledger.parse>;

const attributes = { unit_of_measurement: 'kWh', device_class: 'energy', state_class: 'total_increasing' };
const pastUs = 8 * 24 * hourUs;
/** Ten watt-hours are certain wherever they lie. */
const certainKwh = 0.01;
/** At the edges of a quarter-hour that was reported some seconds late. */
const toleranceKwh = 0.1;

const rhythms = {
  'sensor.fault_quarter_hourly': { everyUs: quarterHourUs, lateUs: 10_000_000 },
  'sensor.fault_hourly': { everyUs: hourUs, lateUs: 13_000_000 },
  'sensor.fault_daily': { everyUs: 24 * hourUs, lateUs: 8 * hourUs },
} as const;
type SlowId = keyof typeof rhythms;

export class SlowMeters {
  readonly entityIds = Object.keys(rhythms) as SlowId[];
  readonly #home: DemoHome;
  readonly #startUs: number;
  readonly #seed: number;
  readonly #reportedUs = new Map<SlowId, number>();

  constructor(home: DemoHome, seed: number) {
    this.#home = home;
    this.#seed = seed;
    const nowUs = home.home.advance();
    this.#startUs = Math.floor((nowUs - pastUs) / (24 * hourUs)) * 24 * hourUs;
    for (const entityId of this.entityIds)
      home.home.add(
        bare(entityId, { unit: 'kWh', deviceClass: 'energy', stateClass: 'total_increasing' }),
        true,
      );
    this.report(nowUs);
  }

  /** Reports all that fell due. */
  report(nowUs: number): void {
    for (const [entityId, { everyUs, lateUs }] of Object.entries(rhythms)) {
      const id = entityId as SlowId;
      for (let us = (this.#reportedUs.get(id) ?? this.#startUs - everyUs) + everyUs; ; us += everyUs) {
        if (us + lateUs > nowUs) break;
        this.#home.emit(id, this.#registerKwh(us + lateUs).toFixed(3), attributes, us + lateUs);
        this.#reportedUs.set(id, us);
      }
    }
  }

  /** What the home used in a quarter-hour: half a kilowatt to six. */
  #usedKwh(quarter: number): number {
    return 0.125 + 1.375 * randomOf(this.#seed * 1000 + quarter)();
  }

  #registerKwh(us: number): number {
    const quarters = (us - this.#startUs) / quarterHourUs;
    const whole = Math.floor(quarters);
    let sum = 1000;
    for (let quarter = 0; quarter < whole; quarter += 1) sum += this.#usedKwh(quarter);
    return sum + this.#usedKwh(whole) * (quarters - whole);
  }

  /** No quarter-hour of the ledger is measured that no meter measured, and those that are have what was used. */
  async areRight(ask: (path: string) => Promise<Ledger>): Promise<void> {
    for (const entityId of this.entityIds) {
      const entries: Ledger['entries'] = [];
      for (let us = this.#startUs; us < this.#startUs + pastUs + 24 * hourUs; us += 24 * hourUs) {
        const [start, end] = [us, us + 24 * hourUs].map((at) => new Date(at / 1000).toISOString());
        entries.push(...(await ask(`/api/ledger/${entityId}?start_time=${start}&end_time=${end}`)).entries);
      }
      const measured = entries.filter(
        ({ kind, quality, provisional }) =>
          kind === 'quantity' && !provisional && (quality === 'measured' || quality === 'recovered'),
      );
      expect(entries.length, entityId).toBeGreaterThan(6 * 96);
      if (entityId !== 'sensor.fault_quarter_hourly') {
        const most = Math.max(0, ...measured.map(({ amount }) => amount ?? 0));
        expect(most, entityId).toBeLessThanOrEqual(certainKwh);
        continue;
      }
      expect(measured.length).toBeGreaterThan(96);
      for (const { quarter, amount } of measured) {
        const truth = this.#usedKwh((Date.parse(quarter) * 1000 - this.#startUs) / quarterHourUs);
        expect(Math.abs((amount ?? Number.NaN) - truth), quarter).toBeLessThanOrEqual(toleranceKwh);
      }
    }
  }
}
