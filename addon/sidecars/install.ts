import { access, mkdir, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { hashOfSources, sha256Of } from '../hash.ts';
import { waitForLock } from '../lock.ts';
import { cacheFolder, root } from '../paths.ts';
import { ProgramFailure, runProgram } from '../program.ts';
import { Refusal } from '../refusal.ts';
import type { Say } from '../say.ts';
import { mavenDependencyPlugin, questdb } from './versions.ts';

/** Where the sidecars' programs lie. */
export interface SidecarPrograms {
  readonly java: string;
  readonly questdbJar: string;
  readonly documentServer: string;
}

const programsFolder = join(cacheFolder, 'sidecars');
const logFile = join(cacheFolder, 'logs/sidecars.log');

/** A download or a build that takes longer is stuck. */
const stepLimitMs = 10 * 60_000;
const attempts = 4;

/**
 * Makes sure that the sidecars are on this machine: QuestDB fetched by Maven and checked against its hash,
 * the document server built by Go. What is there already is kept. Several processes may call it at once.
 * Throws a Refusal, one sentence that says why and where the log is, when something can't be fetched or built.
 */
export async function installSidecars(say: Say): Promise<SidecarPrograms> {
  await mkdir(programsFolder, { recursive: true });
  const lock = await waitForLock(join(programsFolder, 'install.lock'), stepLimitMs);
  try {
    // Side by side: one waits for the network, the other keeps the processor busy. Both come to their end before
    // the lock is given back.
    const both = await Promise.allSettled([installQuestdb(say), installDocumentServer(say)]);
    const refusals = both.flatMap((outcome) => {
      if (outcome.status === 'fulfilled') return [];
      if (!(outcome.reason instanceof Refusal)) throw outcome.reason;
      return [outcome.reason.message];
    });
    if (refusals.length > 0) throw new Refusal(refusals.join('\n'));
    const [questdbJar, documentServer] = both.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value : undefined,
    );
    if (questdbJar === undefined || documentServer === undefined) throw new Error('A sidecar has no program');
    return { java: javaCommand(), questdbJar, documentServer };
  } finally {
    lock.release();
  }
}

function javaCommand(): string {
  const home = process.env.JAVA_HOME;
  return home === undefined || home === '' ? 'java' : join(home, 'bin/java');
}

async function installQuestdb(say: Say): Promise<string> {
  const jar = join(programsFolder, questdb.file);
  if (await exists(jar)) {
    if ((await sha256Of(jar)) === questdb.sha256) return jar;
    say(`QuestDB: ${jar} is damaged; fetching it again`);
    await rm(jar);
  }
  say(`QuestDB: fetching ${questdb.artifact} (30 MB)`);
  const incoming = join(programsFolder, 'incoming');
  await repeat('QuestDB', say, async (attempt) => {
    await rm(incoming, { recursive: true, force: true });
    const show = progressOf('QuestDB', say);
    await runProgram(
      'mvn',
      [
        // Not in batch mode, where it shows no progress. Nothing can be asked: it has no input.
        // After a failure: Maven remembers for hours that an artifact could not be fetched, unless it is forced to ask again.
        ...(attempt > 1 ? ['--update-snapshots'] : []),
        `${mavenDependencyPlugin}:copy`,
        `-Dartifact=${questdb.artifact}`,
        `-DoutputDirectory=${incoming}`,
      ],
      { logFile, limitMs: stepLimitMs, onLine: show },
    );
    const fetched = join(incoming, questdb.file);
    const found = await sha256Of(fetched);
    if (found !== questdb.sha256) {
      await forgetInMavenCache(say);
      throw new Error(`${questdb.file} has sha256 ${found}, not the pinned ${questdb.sha256}`);
    }
    await rename(fetched, jar);
    await rm(incoming, { recursive: true, force: true });
  });
  say('QuestDB: here, and its hash is right');
  return jar;
}

/** Maven would copy the same damaged file from its own cache again. */
async function forgetInMavenCache(say: Say): Promise<void> {
  await runProgram(
    'mvn',
    [
      '--batch-mode',
      `${mavenDependencyPlugin}:purge-local-repository`,
      `-DmanualInclude=${questdb.artifact.split(':').slice(0, 2).join(':')}`,
      '-DreResolve=false',
    ],
    { logFile, limitMs: stepLimitMs },
  ).catch((cause: unknown) => say(`Maven's cache could not be cleared: ${messageOf(cause)}`));
}

async function installDocumentServer(say: Say): Promise<string> {
  const key = await hashOfSources(root, ['addon/document-server']);
  const program = join(programsFolder, `document-server-${platform()}-${arch()}-${key}`);
  if (await exists(program)) return program;
  say('Document server: fetching its modules and building it (a minute or two the first time)');
  const started = performance.now();
  await repeat('Document server', say, async () => {
    const module = join(root, 'addon/document-server');
    await runProgram('go', ['mod', 'download'], { cwd: module, logFile, limitMs: stepLimitMs });
    await runProgram(join(module, 'build'), [`${program}.part`, '-v'], {
      cwd: module,
      logFile,
      limitMs: stepLimitMs,
      onLine: packageCounter(say),
    });
  });
  await rename(`${program}.part`, program);
  say(`Document server: built in ${Math.round((performance.now() - started) / 1000)} s`);
  return program;
}

/** Shows Maven's "Progress (1): 3.1/30 MB" lines, one every few seconds; its own plugins are small, and not shown. */
function progressOf(name: string, say: Say): (line: string) => void {
  let shownAtMs = performance.now();
  return (line) => {
    const progress = /Progress \(\d+\): (.+ MB)/.exec(line)?.[1];
    if (progress === undefined || performance.now() - shownAtMs < 3000) return;
    shownAtMs = performance.now();
    say(`${name}: ${progress.trim()}`);
  };
}

/** With -v Go names each package that it has compiled; it does not report how many there are. */
function packageCounter(say: Say): () => void {
  let count = 0;
  let shownAtMs = performance.now();
  return () => {
    count += 1;
    if (performance.now() - shownAtMs < 10_000) return;
    shownAtMs = performance.now();
    say(`Document server: ${count} packages compiled`);
  };
}

/** Tries a step that needs the network a few times; what was fetched already is not fetched again. */
async function repeat(name: string, say: Say, step: (attempt: number) => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await step(attempt);
      return;
    } catch (cause) {
      const why = cause instanceof ProgramFailure ? cause.why : messageOf(cause);
      if (attempt === attempts)
        throw new Refusal(`${name} could not be installed: ${why}. All that was said is in ${logFile}`);
      say(`${name}: that failed: ${why}; trying again, ${triesLeft(attempts - attempt)}`);
      await new Promise((resolve) => setTimeout(resolve, attempt * 3000));
    }
  }
}

function triesLeft(count: number): string {
  return count === 1 ? 'one try left' : `${count} tries left`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
