/**
 * `npm run bench:queries [-- --small] [--runs 30] [--only balance,coverage] [--data FOLDER] [--cpu-prof FOLDER]`: how
 * long each request of the panel takes on the year-home (100 entities, a year of quarter-hours, 30 days of readings
 * every 10 seconds; --small: 10 entities and 30 days), beside the query that answers the same from QuestDB over HTTP
 * and over the PostgreSQL wire; and the memory and disk that it takes. The process and the stores are processes of
 * their own, with the container's settings. --data keeps the filled stores in a folder, so that the next run need not
 * fill them.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { cacheFolder } from '../../addon/paths.ts';
import { orEnd } from '../../addon/refusal.ts';
import { installSidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { quarterHourUs } from '../../src/units/durations.ts';
import { type PanelRequest, panelRequests } from './panel-requests.ts';
import { cpuSeconds, MemoryWatch, memoryOf, startLedger, stopChild } from './processes.ts';
import { QuestdbProbe, until } from './questdb-probe.ts';
import { aligned, call, timed } from './timings.ts';
import { yearMeters } from './year-home.ts';
import { fillYear, walApplied, yearSpan } from './year-stores.ts';

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    runs: { type: 'string', default: '30' },
    only: { type: 'string', default: '' },
    data: { type: 'string' },
    'cpu-prof': { type: 'string' },
  },
});
const runs = Number(values.runs);
const wantedNames = values.only.split(',');
const meters = yearMeters(values.small ? 10 : 100);
const wanted = yearSpan(Date.now() * 1000, values.small ? 30 : 365, 30);

const say = (line: string) => process.stdout.write(`${line}\n`);
const dataDir = values.data ? resolve(values.data) : mkdtempSync(join(tmpdir(), 'bench-queries-'));
const logsDir = join(cacheFolder, 'logs');
mkdirSync(dataDir, { recursive: true });
mkdirSync(logsDir, { recursive: true });
const stops: (() => Promise<void>)[] = [];

const ms = (value: number) => (value < 10 ? value.toFixed(1) : String(Math.round(value)));

/** Bytes that a folder takes on the disk. */
function diskBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512;
  return bytes;
}

/** Resolves when a program has been idle for some seconds: what it does after a start is done. */
async function idle(pids: readonly (() => number | undefined)[]): Promise<void> {
  const used = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid() ?? 0), 0);
  const lookMs = 3000;
  for (let before = used(), look = 0; look < 200; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const now = used();
    if (now - before < 0.05 * (lookMs / 1000) * pids.length) return;
    before = now;
  }
  throw new Error('The process and the stores do not come to rest');
}

async function run(): Promise<void> {
  const programs = await orEnd(installSidecars(say));
  const sidecars = await startSidecars({ programs, dataDir, logsDir, log: say });
  stops.push(() => sidecars.stop());
  const probe = new QuestdbProbe(sidecars.questdbUrl);
  const span = await fillYear(sidecars, probe, meters, wanted, say);

  const { ledger, port } = await startLedger(
    sidecars,
    { dataDir, logsDir },
    values['cpu-prof'] === undefined
      ? {}
      : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(values['cpu-prof'])}` },
  );
  stops.push(() => stopChild(ledger));
  const url = `http://127.0.0.1:${port}`;
  const startedMs = performance.now();
  const lastQuarterHourUs = span.endUs - quarterHourUs;
  await until('the flows of the home', 900_000, async () => {
    const newest = await probe.rows(
      "SELECT cast(max(timestamp) AS LONG) FROM ledger_entries WHERE entity_id = 'home:use'",
    );
    if (Number(newest[0]?.[0] ?? 0) >= lastQuarterHourUs) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return false;
  });
  const pids = {
    process: () => ledger.pid,
    questdb: () => sidecars.pid('questdb'),
    'document server': () => sidecars.pid('document-server'),
  };
  await walApplied(probe, 300_000);
  await idle(Object.values(pids));
  say(`start of the process until it rests: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);

  const pool = new pg.Pool({ connectionString: sidecars.questdbPgUrl, max: 1 });
  stops.push(() => pool.end());
  const memory = new MemoryWatch(pids);
  memory.start();
  const rows = [['request', 'p50 ms', 'p95 ms', 'budget', '', 'kB', '/exec p50', 'pg p50', 'ratio']];
  const absent: string[] = [];
  const measured: Measured[] = [];
  for (const request of panelRequests(meters, span)) {
    if (!wantedNames.some((name) => request.name.includes(name))) continue;
    const found = await measure(url, request);
    if (found === null) absent.push(request.name);
    else measured.push(found);
  }
  const used = memory.stop();
  const after = Object.entries(pids).map(([name, pid]) => ({ name, ...memoryOf(pid() ?? 0) }));
  // Last, so that the reported memory is that of the panel's requests.
  for (const one of measured) rows.push([...one.cells, ...(await besideRaw(sidecars.questdbUrl, pool, one))]);
  const kept = measured.filter(({ isKept }) => isKept).length;
  const missed = measured.length - kept;

  say('');
  const { length: processors } = cpus();
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
  say(
    `${meters.length} entities, ${Math.round((span.endUs - span.ledgerFromUs) / 86_400e6)} days of quarters, ` +
      `${Math.round((span.endUs - span.readingsFromUs) / 86_400e6)} days of readings every 10 s; ${runs} runs each; ` +
      `${processors} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${load}`,
  );
  for (const line of aligned(rows)) say(line);
  say(`budget kept by ${kept}, missed by ${missed}`);
  if (absent.length > 0) say(`no such route yet: ${absent.join('; ')}`);
  const each = Object.entries(used.each).map(([name, mb]) => `${name} ${mb}`);
  say(`highest resident memory while asked, MB: together ${used.together} (${each.join(', ')})`);
  for (const { name, residentMb, ownMb } of after)
    say(
      `  ${name} after it: ${residentMb} MB, of which ${ownMb} its own and the rest files that it has mapped`,
    );
  await printDiskUse(probe);
  say(`disk, all of QuestDB: ${Math.round(diskBytes(join(dataDir, 'questdb')) / 1e6)} MB`);
}

interface Measured {
  readonly request: PanelRequest;
  readonly cells: readonly string[];
  readonly p50Ms: number;
  readonly isKept: boolean;
}

async function measure(url: string, request: PanelRequest): Promise<Measured | null> {
  const { name, method, path, body, budgetMs } = request;
  const ask = () => call({ method, url: `${url}${path}`, body });
  const first = await ask();
  // A POST to what is not there falls on the panel's own GET.
  if (first.status === 405 || (first.status === 404 && first.text.includes('There is nothing at')))
    return null;
  if (first.status !== 200) say(`${name}: ${first.status} ${first.text.slice(0, 200)}`);
  const { p50Ms, p95Ms } = await timed(runs, ask);
  const isKept = first.status === 200 && p95Ms <= budgetMs;
  const verdict = first.status === 200 ? (isKept ? 'kept' : 'MISSED') : `HTTP ${first.status}`;
  const cells = [name, ms(p50Ms), ms(p95Ms), `≤ ${budgetMs}`, verdict, (first.bytes / 1000).toFixed(1)];
  return { request, cells, p50Ms, isKept };
}

async function besideRaw(questdbUrl: string, pool: pg.Pool, { request, p50Ms }: Measured): Promise<string[]> {
  const { name, sql } = request;
  if (sql === null) return ['', '', ''];
  const exec = `${questdbUrl}/exec?${new URLSearchParams({ query: sql })}`;
  const first = await call({ method: 'GET', url: exec });
  if (first.status !== 200) throw new Error(`${name}: QuestDB says ${first.text.slice(0, 300)}`);
  const overHttp = await timed(runs, () => call({ method: 'GET', url: exec }));
  const overPg = await timed(runs, () => pool.query(sql));
  const ratio = p50Ms / Math.min(overHttp.p50Ms, overPg.p50Ms);
  return [ms(overHttp.p50Ms), ms(overPg.p50Ms), `${ratio.toFixed(1)}×`];
}

async function printDiskUse(probe: QuestdbProbe): Promise<void> {
  const rows = [['table', 'rows', 'MB', 'bytes a row']];
  for (const table of ['energy_readings', 'ledger_entries', 'ledger_journal', 'ledger_openings']) {
    const [found] = await probe.rows(`SELECT sum(numRows), sum(diskSize) FROM table_partitions('${table}')`);
    const [count, bytes] = [Number(found?.[0]), Number(found?.[1])];
    rows.push([table, String(count), (bytes / 1e6).toFixed(1), (bytes / count).toFixed(1)]);
  }
  for (const line of aligned(rows)) say(line);
}

try {
  await run();
} finally {
  for (const stop of stops.reverse()) await stop();
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
