/**
 * Goal: the whole process over the real stores answers whatever it is asked as its own description says: no failure of
 * the server, no status, no form and no field that is not described.
 * Method: Schemathesis makes requests of the OpenAPI document, right ones and wrong ones, with a fixed seed. The home
 * is a throw-away one: requests that change something do.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DemoHome } from '../../addon/demo-home/demo-home.ts';
import { newDemoHome, newPlace, type RunningLedger, startLedger, untilSettled } from './api-fixture.ts';
import { installSchemathesis, runSchemathesis } from './schemathesis/schemathesis.ts';

const token = 'the-demo-token';
/** SCHEMATHESIS_SEED repeats a run with another one. */
const seed = Number(process.env.SCHEMATHESIS_SEED ?? 20_261_128);

let demo: DemoHome;
let ledger: RunningLedger;
let python: string;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

beforeAll(async () => {
  python = await installSchemathesis(say);
  demo = await newDemoHome(token);
  ledger = await startLedger(await newPlace(), { HA_URL: demo.url, HA_TOKEN: token });
  await untilSettled(ledger);
}, 300_000);
afterAll(async () => {
  await ledger?.stop();
  await demo?.stop();
});

it('answers as it is described', async () => {
  say(`Schemathesis with the seed ${seed}`);
  const { code, output } = await runSchemathesis(python, {
    url: ledger.url,
    seed,
    examples: 15,
    seconds: 60,
  });
  expect(code, output).toBe(0);
  // It can't pass without having asked.
  expect(output).toMatch(/\d+ (generated|passed)/);
}, 180_000);
