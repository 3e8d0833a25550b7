/**
 * `npm run bench:ingest [-- --rate 20000 --seconds 10 --sensors 100]`: how many events a second get from Home
 * Assistant's websocket to where a query finds them, how late, and with how much memory; next to what QuestDB takes on
 * the same machine in the same run when a client sends it nothing but ready-made lines. The demo home, the process and
 * the stores are processes of their own, with the container's settings.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { cacheFolder } from '../../addon/paths.ts';
import { orEnd } from '../../addon/refusal.ts';
import { installSidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { control, type FloodResult, flood } from './flood.ts';
import { cpuSeconds, firstLine, MemoryWatch, startLedger, startProgram, stopChild } from './processes.ts';
import { QuestdbProbe, until } from './questdb-probe.ts';
import { rawIlp } from './raw-ilp.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '10' },
    sensors: { type: 'string', default: '100' },
  },
});
const rate = Number(values.rate);
const events = rate * Number(values.seconds);
const sensors = Number(values.sensors);
const quietRate = 500;
const quietSeconds = 20;

const say = (line: string) => process.stdout.write(`${line}\n`);
const recorderStatus = z.object({
  recorder: z.object({
    entities_tracked: z.number(),
    readings_received: z.number(),
    readings_stored: z.number(),
    queue_length: z.number(),
  }),
});

const dataDir = mkdtempSync(join(tmpdir(), 'bench-ingest-'));
const logsDir = join(cacheFolder, 'logs');
mkdirSync(logsDir, { recursive: true });
const stops: (() => Promise<void>)[] = [];

function printResult(name: string, result: FloodResult): void {
  const lost = result.events - result.stored;
  say(
    `${name}: ${Math.round(result.perSecond)} events/s from the websocket to queryable; ` +
      `${result.events} sent, ${result.stored} stored, ${lost} lost; ` +
      `delay p50 ${Math.round(result.p50Ms)} ms, p95 ${Math.round(result.p95Ms)} ms, max ${Math.round(result.maxMs)} ms`,
  );
}

async function run(): Promise<void> {
  const programs = await orEnd(installSidecars(say));
  const sidecars = await startSidecars({ programs, dataDir, logsDir, log: say });
  stops.push(() => sidecars.stop());
  const probe = new QuestdbProbe(sidecars.questdbUrl);

  const token = 'bench';
  const demoHome = startProgram(
    process.execPath,
    ['addon/demo-home/main.ts', '--token', token, '--max-pending', '1000000', '--preferences', 'none'],
    {},
    join(logsDir, 'bench-demo-home.log'),
    'pipe',
  );
  stops.push(() => stopChild(demoHome));
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(await firstLine(demoHome, 30_000)));
  const home = { url, token };
  await control(home, 'stand-still', { on: true });
  await control(home, 'flood-sensors', { count: sensors });

  const ids = Array.from({ length: sensors }, (_, i) => `sensor.bench_${String(i).padStart(4, '0')}_power`);
  writeFileSync(join(dataDir, 'options.json'), JSON.stringify({ tracked_entities: ids }));
  const { ledger, port } = await startLedger(
    sidecars,
    { dataDir, logsDir },
    { HA_URL: url, HA_TOKEN: token },
  );
  stops.push(() => stopChild(ledger));
  const status = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/api/status`, {
      signal: AbortSignal.timeout(5000),
    });
    return recorderStatus.parse(await response.json()).recorder;
  };
  await until('the process', 60_000, async () => {
    try {
      const recorder = await status();
      return recorder.entities_tracked >= sensors && recorder.readings_stored >= sensors;
    } catch {
      return false;
    }
  });

  const pids = {
    process: () => ledger.pid,
    questdb: () => sidecars.pid('questdb'),
    'document server': () => sidecars.pid('document-server'),
  };
  const memory = new MemoryWatch(pids);
  memory.start();
  const quiet = await flood(home, probe, {
    sensors,
    eventsPerSecond: quietRate,
    events: quietRate * quietSeconds,
  });
  const cpuBefore = cpuSeconds(ledger.pid ?? 0);
  const full = await flood(home, probe, { sensors, eventsPerSecond: rate, events });
  const cpu = (cpuSeconds(ledger.pid ?? 0) - cpuBefore) / full.seconds;
  const used = memory.stop();
  // Last, so that the reported memory is that of our load.
  const raw = await rawIlp(probe, Math.max(events, 100_000), sensors);

  say('');
  say(`raw ILP, ready-made lines, 5,000 a body, one client: ${Math.round(raw)} lines/s`);
  printResult(`${quietRate} events/s offered`, quiet);
  printResult(`${rate} events/s offered`, full);
  say(
    `ratio to raw ILP: ${(full.perSecond / raw).toFixed(2)}; processor used by the process: ${Math.round(cpu * 100)} %`,
  );
  const each = Object.entries(used.each).map(([name, mb]) => `${name} ${mb} MB`);
  say(`highest resident memory: together ${used.together} MB (${each.join(', ')})`);
  const recorder = await status();
  say(
    `the process says: ${recorder.readings_received} received, ${recorder.readings_stored} stored, ${recorder.queue_length} waiting`,
  );
  say(
    `budgets: 20,000 events/s, p95 at ${quietRate}/s within 250 ms, 500 MB together, nothing lost: ` +
      `${full.perSecond >= 0.98 * Math.min(rate, 20_000) && full.p95Ms < 5000 ? 'kept' : 'not kept'}, ` +
      `${quiet.p95Ms <= 250 ? 'kept' : 'not kept'}, ${used.together <= 500 ? 'kept' : 'not kept'}, ` +
      `${full.stored === full.events && quiet.stored === quiet.events ? 'kept' : 'not kept'}`,
  );
}

try {
  await run();
} finally {
  for (const stop of stops.reverse()) await stop();
  rmSync(dataDir, { recursive: true, force: true });
}
