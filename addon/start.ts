/**
 * `npm start`: the whole app outside a Supervisor. Installs and starts the two stores with the container's own
 * scripts and settings, a demo home unless HA_URL and HA_TOKEN name a real Home Assistant, and the process;
 * starts again what dies; stops everything in order on Ctrl-C.
 *
 * PORT (8099) is the panel's, DATA_DIR is where the data is kept (.cache/run/…), the rest of the process's own
 * environment variables pass through.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { takeLock } from './lock.ts';
import { buildPanel } from './panel-build.ts';
import { cacheFolder, root, sharedFolder } from './paths.ts';
import { freePort, isPortFree } from './ports.ts';
import { askProcess } from './process-status.ts';
import { Refusal } from './refusal.ts';
import { forgetStores, lockIn, noteStores } from './running-stores.ts';
import { installSidecars, type SidecarPorts, startSidecars } from './sidecars/sidecars.ts';
import { SupervisedProgram } from './supervised-program.ts';

const logsDir = join(cacheFolder, 'logs');
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** What was started so far, in that order; stopped the other way round. */
const started: { readonly name: string; stop(): Promise<void> | void }[] = [];
const isDemo = process.env.HA_URL === undefined && process.env.HA_TOKEN === undefined;
/** The demo's readings stay apart from a real home's. */
const dataDir = process.env.DATA_DIR ?? join(cacheFolder, isDemo ? 'run/demo-data' : 'run/data');
const port = Number(process.env.PORT ?? 8099);
const url = `http://127.0.0.1:${port}`;

let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= stopAll();
  return stopping;
}
async function stopAll(): Promise<void> {
  for (const part of started.reverse()) await part.stop();
}

async function start(): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Refusal(`PORT must be a port number, not ${process.env.PORT}`);
  if (!isDemo && (process.env.HA_URL === undefined || process.env.HA_TOKEN === undefined))
    throw new Refusal('HA_URL and HA_TOKEN go together: set both, or neither for the demo home');
  const data = await takeLock(lockIn(dataDir));
  if ('heldByPid' in data)
    throw new Refusal(
      `${dataDir} is in use by another npm start (process ${data.heldByPid}): stop that one first`,
    );
  started.push({ name: 'the lock', stop: data.lock.release });
  forgetStores(dataDir);
  if (!(await isPortFree(port)))
    throw new Refusal(
      `Port ${port} is taken by another program: stop it, or choose another with PORT=8100 npm start`,
    );

  const [programs] = await Promise.all([installSidecars(say), buildPanelOrGoOn()]);
  if (stopping !== undefined) return;
  say('Starting QuestDB and the document server');
  const ports = await sidecarPorts();
  const sidecars = await startSidecars({ programs, dataDir, ports, logsDir, log: say }).catch(
    (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Refusal(`The stores did not start: ${why}\nAll that they said is in ${logsDir}`);
    },
  );
  started.push({ name: 'the stores', stop: () => sidecars.stop() });
  noteStores(dataDir, sidecars.ports);
  started.push({ name: 'where the stores are', stop: () => forgetStores(dataDir) });
  if (stopping !== undefined) return sidecars.stop();

  if (isDemo) say('Starting a demo home');
  const home = isDemo ? await startDemo() : {};
  const ledger = new SupervisedProgram(
    {
      name: 'energy-ledger',
      command: join(sharedFolder, 'run-process'),
      args: [],
      cwd: root,
      env: {
        ...process.env,
        ...home,
        NODE: process.execPath,
        APP_DIR: root,
        // The script's default is the container's, which only the Supervisor can reach.
        HOST: process.env.HOST ?? '127.0.0.1',
        DATA_DIR: dataDir,
        PORT: String(port),
        QUESTDB_URL: sidecars.questdbUrl,
        QUESTDB_PG_URL: sidecars.questdbPgUrl,
        MONGODB_URL: sidecars.mongodbUrl,
        PANEL_DIR: join(root, 'dist/panel'),
      },
      logFile: join(logsDir, 'energy-ledger.log'),
      stopLimitMs: 15_000,
    },
    say,
  );
  ledger.start();
  started.push({ name: 'the process', stop: () => ledger.stop() });
  await untilAtWork(ledger);
  if (stopping !== undefined) return;
  say(`Data: ${dataDir}   Logs: ${logsDir}`);
  if (isDemo)
    say('This is a demo home. To record yours: HA_URL=http://homeassistant.local:8123 HA_TOKEN=… npm start');
  say(`Energy Ledger is at ${url}   (Ctrl-C stops it)`);
}

/** Recording does not need a panel: a developer of the panel can still see the rest running. */
async function buildPanelOrGoOn(): Promise<void> {
  await buildPanel(say).catch((cause: unknown) =>
    say(
      `The panel could not be built, going on without it. ${cause instanceof Error ? cause.message : cause}`,
    ),
  );
}

/** The usual ports where they are free, so that they can be used with other tools, others where not. */
async function sidecarPorts(): Promise<SidecarPorts> {
  const orFree = async (usual: number): Promise<number> => ((await isPortFree(usual)) ? usual : freePort());
  return { questdbHttp: await orFree(9000), questdbPg: await orFree(8812), documents: await orFree(27017) };
}

/** Starts the demo home as a process of its own, as a Home Assistant is; answers how to reach it. */
async function startDemo(): Promise<{ HA_URL: string; HA_TOKEN: string }> {
  const demoPort = await freePort();
  const token = randomBytes(24).toString('hex');
  const demo = new SupervisedProgram(
    {
      name: 'demo-home',
      command: process.execPath,
      args: [join(root, 'addon/demo-home/main.ts')],
      cwd: root,
      env: { ...process.env, DEMO_HOME_PORT: String(demoPort), DEMO_HOME_TOKEN: token },
      logFile: join(logsDir, 'demo-home.log'),
      stopLimitMs: 5000,
    },
    say,
  );
  demo.start();
  started.push({ name: 'the demo home', stop: () => demo.stop() });
  await untilListening(demoPort);
  return { HA_URL: `http://127.0.0.1:${demoPort}`, HA_TOKEN: token };
}

/** Spares the process a first try in vain, after which it would wait; it copes with a home that comes later. */
async function untilListening(demoPort: number): Promise<void> {
  const untilMs = performance.now() + 10_000;
  while (performance.now() < untilMs && (await isPortFree(demoPort)))
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Waits until the process reports that it works; prints now and then what it still waits for. */
async function untilAtWork(ledger: SupervisedProgram): Promise<void> {
  let saidAtMs = performance.now();
  let deathsSaid = 0;
  while (stopping === undefined) {
    const status = await askProcess(url);
    if (status.kind === 'at work') return;
    if (ledger.deaths > deathsSaid) {
      deathsSaid = ledger.deaths;
      say(`Its last words:\n${ledger.lastLines(8)}`);
    }
    if (performance.now() - saidAtMs > 10_000) {
      saidAtMs = performance.now();
      say(
        status.kind === 'silent'
          ? `The process does not answer yet; its log is ${join(logsDir, 'energy-ledger.log')}`
          : `Not at work yet: ${status.reasons.join('; ')}`,
      );
      // Home Assistant may be away for hours: the panel shows that itself, so it need not be waited for.
      if (status.kind === 'not yet') return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Ctrl-C reaches us twice, from the terminal and from npm; only one that comes later means impatience. */
const impatientAfterMs = 2000;
let askedAtMs: number | undefined;
function onSignal(): void {
  if (askedAtMs !== undefined) {
    if (performance.now() - askedAtMs > impatientAfterMs) process.exit(130);
    return;
  }
  askedAtMs = performance.now();
  say('Stopping');
  void stop().then(
    () => {
      say('Stopped');
      process.exit(0);
    },
    (cause: unknown) => {
      console.error(cause);
      process.exit(1);
    },
  );
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
// The bootstrap that started us is gone, so nobody could stop us any more.
process.on('disconnect', onSignal);

try {
  await start();
} catch (cause) {
  await stop();
  if (cause instanceof Refusal) say(cause.message);
  else console.error(cause);
  process.exit(1);
}
