/**
 * `npm run bench:idle [-- --minutes 10 --warm-up 2 --p1-seconds 2 --data FOLDER]`: what an ordinary home costs
 * without a client: the demo home's entities, some two readings a second, the process and the stores with the
 * container's settings. Prints what each of the three has written to disk (for a day, too), the processor's time and
 * the memory, beside the readings that were stored meanwhile and the commits of each table.
 *
 * `write_bytes` of /proc/PID/io counts pages that were dirtied, whoever sends them to the disk later; a page that is
 * dirtied again before it is sent counts once, one that was dirtied and thrown away (a file that is removed) is in
 * `cancelled`. It does not depend on what else the machine does; the processor's time does, a little.
 */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { cacheFolder } from '../../addon/paths.ts';
import { installSidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { quarterHourMs } from '../../src/units/durations.ts';
import { cpuSeconds, firstLine, startLedger, startProgram, stopChild } from './processes.ts';
import { QuestdbProbe, until } from './questdb-probe.ts';
import { aligned } from './timings.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '2' },
    'p1-seconds': { type: 'string', default: '2' },
    data: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const warmUpMinutes = Number(values['warm-up']);
if (!(minutes > 0) || !(warmUpMinutes >= 0)) throw new RangeError('--minutes and --warm-up must be numbers');
const expectedEntities = 20;
const afterBoundaryMs = 90_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const dataDir = values.data === undefined ? mkdtempSync(join(tmpdir(), 'bench-idle-')) : resolve(values.data);
const logsDir = join(cacheFolder, 'logs');
mkdirSync(dataDir, { recursive: true });
mkdirSync(logsDir, { recursive: true });
const stops: (() => Promise<void>)[] = [];

interface Look {
  readonly atMs: number;
  readonly writtenBytes: number;
  readonly cancelledBytes: number;
  readonly cpuSeconds: number;
}

function look(pid: number): Look {
  const io = readFileSync(`/proc/${pid}/io`, 'utf8');
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(io)?.[1]);
  return {
    atMs: performance.now(),
    writtenBytes: field('write_bytes'),
    cancelledBytes: field('cancelled_write_bytes'),
    cpuSeconds: cpuSeconds(pid),
  };
}

/** Proportional set size: pages that several programs share are divided among them. */
function pssMb(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) * 1024) / 1e6;
}

/** Rows and commits by table; of a view, what its refreshes have committed. */
async function commits(probe: QuestdbProbe): Promise<Map<string, number>> {
  const rows = await probe.rows('SELECT name, sequencerTxn FROM wal_tables() ORDER BY name');
  return new Map(rows.map(([name, txn]) => [String(name), Number(txn)]));
}

function folderBytes(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    try {
      bytes += statSync(join(entry.parentPath, entry.name)).blocks * 512;
    } catch {
      // It was removed meanwhile.
    }
  }
  return bytes;
}

async function start() {
  const programs = await installSidecars(say);
  const sidecars = await startSidecars({ programs, dataDir, logsDir, log: say });
  stops.push(() => sidecars.stop());
  const demoHome = startProgram(
    process.execPath,
    ['addon/demo-home/main.ts', '--token', 'bench', '--p1-seconds', values['p1-seconds']],
    {},
    join(logsDir, 'bench-demo-home.log'),
    'pipe',
  );
  stops.push(() => stopChild(demoHome));
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await firstLine(demoHome, 30_000)));
  const { ledger, port } = await startLedger(
    sidecars,
    { dataDir, logsDir },
    { HA_URL: url, HA_TOKEN: 'bench' },
  );
  stops.push(() => stopChild(ledger));
  return { sidecars, ledger, port };
}

const finished = z.object({ running: z.boolean(), last_finished_at: z.string().nullable() });
const statusAnswer = z.object({
  ledger: z.object({ meters_waiting: z.number(), posting_past: z.boolean() }),
  backfill: finished,
  statistics: finished,
  reconciliation: finished,
  proof: z.object({ running: z.boolean() }),
  recorder: z.object({
    entities_tracked: z.number(),
    readings_stored: z.number(),
    readings_received: z.number(),
  }),
});

async function run(): Promise<void> {
  const { sidecars, ledger, port } = await start();
  const probe = new QuestdbProbe(sidecars.questdbUrl);
  const status = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/status`, {
      signal: AbortSignal.timeout(5000),
    });
    return statusAnswer.parse(await response.json());
  };
  await until('the home, with its past brought in', 900_000, () => isCalm(status));
  say(`warm-up of ${warmUpMinutes} minutes, without a client`);
  await pause(warmUpMinutes * 60_000 + untilBoundaryMs(Date.now() + warmUpMinutes * 60_000));

  const pids = {
    process: ledger.pid ?? 0,
    questdb: sidecars.pid('questdb') ?? 0,
    'document server': sidecars.pid('document-server') ?? 0,
  };
  const lookAtAll = () => Object.entries(pids).map(([name, pid]) => [name, look(pid)] as const);
  const stored = () => probe.number('SELECT count() FROM energy_readings');
  const rowsBefore = await stored();
  const commitsBefore = await commits(probe);
  const beganMs = Date.now();
  const before = new Map(lookAtAll());
  await pause(minutes * 60_000);
  const after = lookAtAll();
  const hasBoundary = Math.floor(beganMs / quarterHourMs) !== Math.floor(Date.now() / quarterHourMs);
  const pss = Object.values(pids).map(pssMb);
  const commitsAfter = await commits(probe);
  const { recorder } = await status();
  await pause(2000);
  const rowsAfter = await stored();

  const total = { perSecond: 0, cancelled: 0, cpu: 0 };
  const lines = after.map(([name, now], index) => {
    const then = before.get(name) ?? now;
    const seconds = (now.atMs - then.atMs) / 1000;
    const perSecond = (now.writtenBytes - then.writtenBytes) / seconds;
    const cancelled = (now.cancelledBytes - then.cancelledBytes) / seconds;
    const cpu = (now.cpuSeconds - then.cpuSeconds) / seconds;
    total.perSecond += perSecond;
    total.cancelled += cancelled;
    total.cpu += cpu;
    return line(name, perSecond, cancelled, cpu, pss[index] ?? Number.NaN);
  });
  const pssTogether = pss.reduce((sum, one) => sum + one, 0);
  say('');
  say(
    `${minutes} minutes, ${hasBoundary ? 'with' : 'WITHOUT'} the end of a quarter-hour; ${recorder.entities_tracked} entities, ` +
      `${rowsAfter - rowsBefore} readings stored, ${((rowsAfter - rowsBefore) / minutes / 60).toFixed(2)} a second`,
  );
  for (const text of aligned([
    ['', 'written kB/s', 'MB a day', 'cancelled MB a day', '% of a core', 'Pss MB'],
    ...lines,
    line('together', total.perSecond, total.cancelled, total.cpu, pssTogether),
  ]))
    say(text);
  say('');
  const tables = [...commitsAfter].map(([name, txn]) => [name, String(txn - (commitsBefore.get(name) ?? 0))]);
  for (const text of aligned([['commits meanwhile', ''], ...tables])) say(text);
  say(
    `on disk: questdb ${(folderBytes(join(dataDir, 'questdb')) / 1e6).toFixed(1)} MB, documents ${(folderBytes(join(dataDir, 'documents')) / 1e6).toFixed(1)} MB`,
  );
  const gigabytes = (total.perSecond * 86_400) / 1e9;
  say(
    `budgets: 1 GB a day ${gigabytes <= 1 ? 'kept' : 'not kept'} (${gigabytes.toFixed(2)}), 2 % of a core ${total.cpu <= 0.02 ? 'kept' : 'not kept'}, 350 MB ${pssTogether <= 350 ? 'kept' : 'not kept'}`,
  );
}

/** How long to wait so that the end of a quarter-hour, and what it brings, lies within what is measured. */
function untilBoundaryMs(nowMs: number): number {
  const leftMs = quarterHourMs - (nowMs % quarterHourMs);
  return Math.max(0, leftMs - (minutes * 60_000 - afterBoundaryMs));
}

/** Nothing of a start goes on any more. */
async function isCalm(status: () => Promise<z.infer<typeof statusAnswer>>): Promise<boolean> {
  for (let seconds = 0; seconds < 15; seconds += 1) {
    await pause(1000);
    try {
      const { recorder, ledger, backfill, statistics, reconciliation, proof } = await status();
      const hasPast = backfill.last_finished_at !== null && statistics.last_finished_at !== null;
      const isBusy = [backfill, statistics, reconciliation, proof].some(({ running }) => running);
      if (recorder.entities_tracked < expectedEntities || !hasPast || isBusy || ledger.posting_past)
        return false;
    } catch {
      return false;
    }
  }
  return true;
}

function line(name: string, perSecond: number, cancelled: number, cpu: number, pss: number): string[] {
  return [
    name,
    (perSecond / 1000).toFixed(1),
    ((perSecond * 86_400) / 1e6).toFixed(0),
    ((cancelled * 86_400) / 1e6).toFixed(0),
    (cpu * 100).toFixed(1),
    pss.toFixed(0),
  ];
}

try {
  await run();
} finally {
  for (const stop of stops.reverse()) await stop();
  if (values.data === undefined) rmSync(dataDir, { recursive: true, force: true });
}
