/**
 * Goal: the quarter-hour that runs is answered with every reading and is written to the store once, when it is over; a
 * killed process makes it again from its readings.
 * Method: the process as the container runs it, over stores of its own, and a demo home whose one meter says what is
 * put in by hand. What the API answers is held against what the tables hold. The process lives by a clock that is
 * shifted to where the quarter-hour has to be.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoHome, startDemoHome } from '../../addon/demo-home/demo-home.ts';
import { bare } from '../../addon/demo-home/home/by-hand.ts';
import { balance } from '../../src/schemas/balance.ts';
import { ledger as ledgerAnswer } from '../../src/schemas/ledger.ts';
import { statistics } from '../../src/schemas/statistics.ts';
import { quarterHourMs } from '../../src/units/durations.ts';
import { QuestdbProbe } from '../bench/questdb-probe.ts';
import { LedgerProcess } from '../home-assistant/ledger-process.ts';
import { until } from '../home-assistant/until.ts';

const meter = 'sensor.running_meter';
const attributes = { unit_of_measurement: 'kWh', device_class: 'energy', state_class: 'total_increasing' };
const second = 1_000_000;

let demo: DemoHome;
let ledger: LedgerProcess;
let probe: QuestdbProbe;
/**
 * The present of the home and of the process: a minute into a quarter-hour, and from there on with the machine's
 * clock.
 */
let shiftMs = Math.floor(Date.now() / quarterHourMs) * quarterHourMs + 60_000 - Date.now();
const nowUs = () => (Date.now() + shiftMs) * 1000;
const quarterHourUs = Math.floor(nowUs() / (quarterHourMs * 1000)) * quarterHourMs * 1000;
const iso = (us: number) => new Date(us / 1000).toISOString();

beforeAll(async () => {
  demo = await startDemoHome({ token: 'running', preferences: 'none', clock: { nowUs } });
  demo.standStill(true);
  demo.home.add(bare(meter, { unit: 'kWh', deviceClass: 'energy', stateClass: 'total_increasing' }), true);
  demo.setPreferences({
    energy_sources: [{ type: 'grid', flow_from: [{ stat_energy_from: meter }], flow_to: [] }],
    device_consumption: [],
  });
  // An hour before, a register every ten seconds: a kilowatt.
  for (let us = quarterHourUs - 3600 * second; us <= quarterHourUs + 10 * second; us += 10 * second) say(us);
  ledger = await LedgerProcess.create({ url: demo.url, token: 'running' }, [meter], {
    env: { NODE_OPTIONS: preload(shiftMs) },
  });
  probe = new QuestdbProbe(ledger.sidecars.questdbUrl);
  ledger.start();
  await ledger.following(meter);
  await until('the past is posted', async () => (await quarter(-1)) !== undefined, 60_000);
}, 180_000);
afterAll(async () => {
  await ledger?.stop();
  await demo?.stop();
});

/** Preloaded into the process: sets its wall clock to another instant. */
function preload(ms: number): string {
  const code = `const Real = Date, now = Date.now.bind(Date);
    globalThis.Date = class extends Real {
      constructor(...given) { super(...(given.length === 0 ? [now() + ${ms}] : given)); }
      static now() { return now() + ${ms}; }
    };`;
  return `--import=data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}

const kwhAt = (us: number) => 100 + (us - (quarterHourUs - 3600 * second)) / second / 3600;

let saidUs = 0;
function say(atUs: number): void {
  saidUs = atUs;
  demo.emit(meter, kwhAt(atUs).toFixed(6), attributes, atUs);
}

async function quarter(place: number) {
  const startUs = quarterHourUs + place * quarterHourMs * 1000;
  const span = `start=${iso(startUs)}&end=${iso(startUs + quarterHourMs * 1000)}`;
  const answer = ledgerAnswer.parse(await ledger.get(`/api/ledger/${meter}?${span}`));
  return answer.entries.find((entry) => entry.kind === 'quantity');
}

/** What is answered of the hour before the quarter-hour and of the quarter-hour itself. */
async function answered() {
  const span = `start_time=${iso(quarterHourUs - 3600 * second)}&end_time=${iso(quarterHourUs + quarterHourMs * 1000)}`;
  const day = statistics.parse(await ledger.get(`/api/statistics/${meter}?${span}&period=day&format=raw`));
  const whole = balance.parse(await ledger.get(`/api/balance?${span}&period=quarter`));
  if (!Array.isArray(day.data)) throw new Error('no rows');
  // How much of the day is covered grows with the time that passes.
  const days = day.data.map(({ timestamp, sum, state, provisional }) => ({
    timestamp,
    sum,
    state,
    provisional,
  }));
  return { running: await quarter(0), days, whole: whole.total.grid_in_kwh };
}

const stored = (table: string) =>
  probe.number(`SELECT count() FROM ${table} WHERE timestamp >= ${quarterHourUs} AND entity_id = '${meter}'`);

async function nothingStored(): Promise<void> {
  for (const table of ['ledger_entries', 'ledger_journal', 'ledger_openings'])
    expect(await stored(table), table).toBe(0);
}

describe('the quarter-hour that is not over', () => {
  it('is answered with the newest reading, and is in no table', async () => {
    const atUs = nowUs();
    say(atUs);
    await until('the reading is heard', async () => (await heardAt()) >= atUs - second, 20_000);
    // An answer may be as old as the last one.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const { running, whole } = await answered();
    expect(running).toMatchObject({ provisional: true, revision: 0, revisions: [] });
    expect(running?.amount).toBeCloseTo(kwhAt(atUs) - kwhAt(quarterHourUs), 4);
    expect(whole).toBeCloseTo(kwhAt(atUs) - kwhAt(quarterHourUs - 3600 * second), 4);
    await nothingStored();
  });

  it('is made again from its readings when the process was killed', async () => {
    const before = await answered();
    expect(before.running?.amount).toBeGreaterThan(0);
    await ledger.kill('SIGKILL');
    ledger.start();
    await ledger.following(meter);
    await until('the quarter is there again', async () => (await quarter(0)) !== undefined, 60_000);
    const after = await answered();
    expect(after.running?.amount).toBe(before.running?.amount);
    expect(after.whole).toBe(before.whole);
    expect(after.days).toEqual(before.days);
    await nothingStored();
  });

  it('is verified while it runs, and after a stop', async () => {
    const running = await ledger.verify();
    expect(running.code, running.output).toBe(0);
    await ledger.kill('SIGTERM');
    const stopped = await ledger.verify();
    expect(stopped.code, stopped.output).toBe(0);
    ledger.start();
    await ledger.following(meter);
    await nothingStored();
  });

  it('is posted when it is over, as what its readings give, without anybody asking', async () => {
    await ledger.kill('SIGTERM');
    shiftMs += quarterHourMs;
    ledger.env.NODE_OPTIONS = preload(shiftMs);
    const endUs = quarterHourUs + quarterHourMs * 1000 + 30 * second;
    for (let us = saidUs + 10 * second; us <= endUs; us += 10 * second) say(us);
    ledger.start();
    await until('it is in the journal', async () => (await stored('ledger_journal')) > 0, 60_000);
    const [row] = await probe.rows(
      `SELECT amount, revision, provisional FROM ledger_journal WHERE timestamp = ${quarterHourUs} AND entity_id = '${meter}'`,
    );
    expect(row?.slice(1)).toEqual([1, false]);
    expect(Number(row?.[0]) / 1e6).toBeCloseTo(0.25, 4);
    const [running] = await probe.rows(
      `SELECT count() FROM ledger_entries WHERE timestamp > ${quarterHourUs} AND entity_id = '${meter}'`,
    );
    expect(running).toEqual([0]);
  });
});

async function heardAt(): Promise<number> {
  const status = await ledger.status();
  return Date.parse(status?.body.recorder.last_reading_at ?? '1970-01-01') * 1000;
}
