/**
 * Goal: the whole process over the real stores answers whatever it is asked as its own description says: no failure of
 * the server, no status, no form and no field that is not described.
 * Method: Schemathesis makes requests of the OpenAPI document, right ones and wrong ones, with a fixed seed. The home
 * is a throw-away one: requests that change something do.
 */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import type { DemoHome } from '../../addon/demo-home/demo-home.ts';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { cachedEntityList } from '../../src/schemas/entities.ts';
import { syncRuns } from '../../src/schemas/readings.ts';
import { newDemoHome, newPlace, type RunningLedger, startLedger, untilSettled } from './api-fixture.ts';
import { installSchemathesis, runSchemathesis } from './schemathesis/schemathesis.ts';

const token = 'the-demo-token';
/** SCHEMATHESIS_SEED and SCHEMATHESIS_SECONDS are for a longer search by hand. */
const seed = Number(process.env.SCHEMATHESIS_SEED ?? 20_261_128);
/** It goes on until then; a busy machine asks less in the time. */
const seconds = Number(process.env.SCHEMATHESIS_SECONDS ?? 50);
const examples = 25;

let demo: DemoHome;
let ledger: RunningLedger;
let python: string;
let sidecars: Sidecars;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

beforeAll(async () => {
  python = await installSchemathesis(say);
  demo = await newDemoHome(token);
  // Stores of its own: what is declared at random changes the flows of a home whose name others have, too.
  const place = await newPlace();
  sidecars = await startSidecars({ programs: await installSidecars(say), dataDir: place.dataDir, log: say });
  ledger = await startLedger(place, {
    ...{ HA_URL: demo.url, HA_TOKEN: token },
    ...{ QUESTDB_URL: sidecars.questdbUrl, QUESTDB_PG_URL: sidecars.questdbPgUrl },
  });
  await untilSettled(ledger);
}, 300_000);
afterAll(async () => {
  await ledger?.stop();
  await sidecars?.stop();
  await demo?.stop();
});

/** Ids, times and months that there are, so that most requests get as far as the stores. */
async function known(): Promise<Record<string, string[]>> {
  const { entities } = await ledger.get('/api/entities/cached', cachedEntityList);
  const ids = entities.filter((entity) => entity.is_tracked).map((entity) => entity.entity_id);
  const areas = [...new Set(entities.flatMap((entity) => entity.area ?? []))];
  const { syncs } = await ledger.get('/api/syncs', syncRuns);
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const instants = [daysAgo(0.1), daysAgo(1), daysAgo(2), daysAgo(30)];
  const starts = [...instants, ...instants.map((instant) => instant.slice(0, 10))];
  const ends = [...starts, daysAgo(-1)];
  const names = (location: string, start: string[], end: string[]) => [
    ...start.map((name) => [`${location}.${name}`, starts] as const),
    ...end.map((name) => [`${location}.${name}`, ends] as const),
  ];
  return Object.fromEntries([
    ['path.entity_id', [...ids, 'home:use', 'home:grid_in']],
    ['query.entity_id', ids],
    ['body.entity_ids[*]', ids],
    ['path.sync_id', syncs.map((sync) => sync.sync_id)],
    ['path.month', [daysAgo(0).slice(0, 7), '2024-02']],
    ['query.device_id', ['home']],
    ...['query.area', 'query.classroom', 'body.area', 'body.classroom'].map((name) => [name, areas] as const),
    ...['query.date', 'body.effective_from', 'body.at'].map((name) => [name, starts.slice(4)] as const),
    ...names('query', ['start_time', 'start', 'since'], ['end_time', 'end', 'until']),
    ...names('body', ['start_time', 'start'], ['end_time', 'end']),
  ]);
}

const choosing = '/api/settings/tracked-entities';

it(
  'answers as it is described',
  async () => {
    say(`Schemathesis with the seed ${seed}`);
    const document = `${ledger.url}/api/openapi.json`;
    const common = { url: ledger.url, document, seed, known: await known() };
    const { code, output, statuses } = await runSchemathesis(python, {
      ...common,
      examples,
      seconds,
      without: [choosing],
    });
    expect(code, output).toBe(0);
    // It can't pass without having asked.
    const count = (isOf: (status: number) => boolean) =>
      [...statuses].reduce((sum, [status, times]) => sum + (isOf(status) ? times : 0), 0);
    const byStatus = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
    say(`Answers by status: ${byStatus.join(', ')}`);
    expect(count(() => true)).toBeGreaterThan(100);
    // Nor without having got as far as the stores.
    expect(count((status) => status < 300)).toBeGreaterThan(10);
    const [, selected, tested] = /Selected: (\d+)\/\d+\s+Tested: (\d+)/.exec(output) ?? [];
    expect(Number(selected)).toBeGreaterThan(50);
    expect(Number(tested)).toBeGreaterThan(25);
    // What is tracked changes by this one: the others asked of it before.
    const last = await runSchemathesis(python, { ...common, examples, seconds: 12, only: [choosing] });
    expect(last.code, last.output).toBe(0);
  },
  (seconds + 120) * 1000,
);

it('is found out where it does not', async () => {
  const document = z
    .looseObject({
      paths: z.record(z.string(), z.record(z.string(), z.looseObject({ responses: z.looseObject({}) }))),
    })
    .parse(await (await fetch(`${ledger.url}/api/openapi.json`)).json());
  const responses = document.paths['/api/syncs']?.get?.responses;
  expect(responses).toHaveProperty('400');
  delete responses?.['400'];
  const file = join(await mkdtemp(join(tmpdir(), 'described-')), 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  const asked = { url: ledger.url, document: file, seed, known: {}, examples: 10, seconds: 8 };
  const { code, output } = await runSchemathesis(python, { ...asked, only: ['/api/syncs'] });
  expect(code, output).toBe(1);
  expect(output).toContain('Undocumented status code');
}, 60_000);
