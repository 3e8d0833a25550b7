/**
 * Starts a built image and checks that it works: answers while Home Assistant is away, records once it is there,
 * restarts its stores, reports healthy to Docker, and stops with 0. Prints every check.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheFolder, root } from '../paths.ts';
import type { Say } from '../say.ts';
import type { Tool } from './builder.ts';
import { type Container, startContainer } from './container.ts';

const answerLimitMs = 180_000;
const demoPort = 8123;
const stopLimitMs = 120_000;

export async function tryImage(tool: Tool, tag: string, say: Say): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-image-'));
  const log = join(cacheFolder, 'logs/image-trial.log');
  // As the Supervisor leaves it: owned by root, with no access for others.
  const options = JSON.stringify({ tracked_entities: [], log_level: 'info' });
  await writeFile(join(dataDir, 'options.json'), options, { mode: 0o600 });
  const token = randomBytes(24).toString('hex');
  const env = { TZ: 'Europe/Brussels', HA_URL: `http://127.0.0.1:${demoPort}`, HA_TOKEN: token };
  say(`Starting it; its log is ${log}`);
  const began = performance.now();
  const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;
  const container = await startContainer(tool, { tag, dataDir, env, logFile: log, stopLimitMs });
  let demo: ReturnType<typeof spawn> | undefined;
  try {
    const first = await until('an answer', () => statusCode(container));
    say(`  without Home Assistant, GET /api/status answers ${first} after ${seconds(began)}`);
    demo = startDemo(container, token);
    const demoBegan = performance.now();
    await until('status 200', () => isWell(container));
    say(`  with the demo home, it answers 200 after ${seconds(demoBegan)} more`);
    if (!runsIn(container, ['/usr/lib/energy-ledger/health']))
      throw new Error('the health check says unhealthy');
    say('  the health check says that it is well');
    await until('a stored reading', () => storedBy(container) > 0 || undefined);
    say('  readings are stored');
    for (const line of await memoryOf(container)) say(`  ${line}`);
    for (const part of parts) {
      const killedAt = performance.now();
      const { pid, stored } = { pid: await pidOf(container, part.words), stored: storedBy(container) };
      process.kill(pid, 'SIGKILL');
      await until(`${part.name} anew`, async () => {
        const now = await pidOf(container, part.words).catch(() => pid);
        return (now !== pid && part.answers(container)) || undefined;
      });
      // A new process counts from 0.
      const before = part.name === 'the process' ? 0 : stored;
      await until('newer readings', () => (isWell(container) && storedBy(container) > before) || undefined);
      say(
        `  ${part.name} killed with SIGKILL: it answers again and readings are stored, after ${seconds(killedAt)}`,
      );
    }
    const stopBegan = performance.now();
    const code = await container.stop();
    say(`  stopped with SIGTERM: ended with ${code} after ${seconds(stopBegan)}`);
    if (code !== 0) throw new Error(`a stop that was asked for ended with ${code}, not 0`);
  } finally {
    demo?.kill();
    container.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Asks again until there is an answer. */
async function until<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const began = performance.now();
  while (performance.now() - began < answerLimitMs) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come within ${answerLimitMs / 1000} s`);
}

/** Runs a program on this machine, in the container's network. */
const inNetwork = (container: Container): string[] => ['--target', String(container.pid), '--net'];

function get(container: Container): { readonly code: number; readonly body: unknown } | undefined {
  const curl = ['curl', '--silent', '--noproxy', '*', '--max-time', '5', '--write-out', '\n%{http_code}'];
  const url = 'http://127.0.0.1:8099/api/status';
  const answer = spawnSync('nsenter', [...inNetwork(container), ...curl, url], { encoding: 'utf8' });
  if (answer.status !== 0) return undefined;
  const end = answer.stdout.lastIndexOf('\n');
  return { code: Number(answer.stdout.slice(end + 1)), body: JSON.parse(answer.stdout.slice(0, end)) };
}

const statusCode = (container: Container): number | undefined => get(container)?.code;

/** Recording and both stores; a process that only spools answers 200 as well. */
const well = z.object({
  questdb: z.object({ ok: z.literal(true) }),
  mongodb: z.object({ ok: z.literal(true) }),
  recorder: z.object({ readings_stored: z.number() }),
});

function isWell(container: Container): true | undefined {
  const answer = get(container);
  return (answer?.code === 200 && well.safeParse(answer.body).success) || undefined;
}

/** Readings stored since the process started; 0 while it does not report it. */
function storedBy(container: Container): number {
  const health = well.safeParse(get(container)?.body);
  return health.success ? health.data.recorder.readings_stored : 0;
}

/** With the data folder's own user and password, which stand in no command line. */
const askQuestdb =
  'sed "s/.*/user = \\"&\\"/" /data/questdb-credentials | ' +
  'curl --config - -sfo /dev/null "http://127.0.0.1:9000/exec?query=SELECT%201"';

/** The parts that are killed, and the sign that they are back, independent of what the process reports. */
const parts: readonly {
  readonly name: string;
  /** In its command line. */
  readonly words: string;
  readonly answers: (container: Container) => boolean;
}[] = [
  {
    name: 'QuestDB',
    words: 'io.questdb',
    answers: (container) => runsIn(container, ['/bin/sh', '-c', askQuestdb]),
  },
  {
    name: 'the document server',
    words: 'document-server -listen',
    answers: (container) => runsIn(container, ['/usr/lib/energy-ledger/document-server', '-ping']),
  },
  { name: 'the process', words: 'src/main.ts', answers: (container) => isWell(container) ?? false },
];

/** Runs a program of the image in the container, as Docker runs a health check; true when it ends with 0. */
function runsIn(container: Container, words: readonly string[]): boolean {
  const inside = ['--target', String(container.pid), '--mount', '--net', '--pid', '--root', '--wd=/'];
  const environment = ['/usr/bin/env', '-i', 'PATH=/usr/bin:/bin'];
  return spawnSync('nsenter', [...inside, ...environment, ...words], { stdio: 'ignore' }).status === 0;
}

function startDemo(container: Container, token: string): ReturnType<typeof spawn> {
  const demo = [
    process.execPath,
    join(root, 'addon/demo-home/main.ts'),
    '--port',
    String(demoPort),
    '--token',
    token,
  ];
  return spawn('nsenter', [...inNetwork(container), ...demo], {
    stdio: 'ignore',
    cwd: root,
  });
}

interface Process {
  readonly pid: number;
  readonly words: string;
  readonly pssBytes: number;
}

/** Every process in the container, with its share of memory (pages that several use are divided among them). */
async function processesOf(container: Container): Promise<Process[]> {
  const space = await readlink(`/proc/${container.pid}/ns/pid`);
  const found: Process[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // A process may end while it is read.
    if ((await readlink(`/proc/${name}/ns/pid`).catch(() => '')) !== space) continue;
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const memory = await readFile(`/proc/${name}/smaps_rollup`, 'utf8').catch(() => '');
    const kilobytes = Number(/^Pss:\s+(\d+) kB/m.exec(memory)?.[1] ?? 0);
    found.push({ pid: Number(name), words: words.replaceAll('\0', ' ').trim(), pssBytes: kilobytes * 1024 });
  }
  return found;
}

async function pidOf(container: Container, words: string): Promise<number> {
  const found = (await processesOf(container)).find((each) => each.words.includes(words));
  if (found === undefined) throw new Error(`no process with "${words}" runs in the container`);
  return found.pid;
}

async function memoryOf(container: Container): Promise<string[]> {
  const processes = await processesOf(container);
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
  const sum = processes.reduce((total, each) => total + each.pssBytes, 0);
  return [
    ...processes
      .filter((each) => each.pssBytes > 5e6)
      .map((each) => `${megabytes(each.pssBytes).padStart(7)}  ${each.words.slice(0, 60)}`),
    `${megabytes(sum).padStart(7)}  all ${processes.length} processes`,
  ];
}
