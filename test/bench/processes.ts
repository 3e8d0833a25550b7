import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../../addon/paths.ts';
import { freePort } from '../../addon/ports.ts';
import type { Sidecars } from '../../addon/sidecars/sidecars.ts';

const stopWithinMs = 15_000;

/** A program, its errors in a file, and its output too unless it is read. */
export function startProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  logPath: string,
  output: 'pipe' | 'file',
): ChildProcess {
  const log = openSync(logPath, 'a');
  return spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', output === 'pipe' ? 'pipe' : log, log],
  });
}

/**
 * The process as the container runs it, beside stores that are up, on a free port of this machine.
 * @param env beside the addresses: the home that it records, or how it is profiled
 */
export async function startLedger(
  sidecars: Pick<Sidecars, 'questdbUrl' | 'questdbPgUrl' | 'mongodbUrl'>,
  { dataDir, logsDir }: { readonly dataDir: string; readonly logsDir: string },
  env: NodeJS.ProcessEnv,
): Promise<{ readonly ledger: ChildProcess; readonly port: number }> {
  const port = await freePort();
  const ledger = startProgram(
    join(root, 'rootfs/usr/lib/energy-ledger/run-process'),
    [],
    {
      NODE: process.execPath,
      APP_DIR: root,
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      PORT: String(port),
      QUESTDB_URL: sidecars.questdbUrl,
      QUESTDB_PG_URL: sidecars.questdbPgUrl,
      MONGODB_URL: sidecars.mongodbUrl,
      LOG_LEVEL: 'info',
      ...env,
    },
    join(logsDir, 'bench-process.log'),
    'file',
  );
  return { ledger, port };
}

/** The first line that a program prints. */
export async function firstLine(child: ChildProcess, withinMs: number): Promise<string> {
  if (child.stdout === null) throw new Error('its output is not read');
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(withinMs);
  const [line]: unknown[] = await once(lines, 'line', { signal });
  return String(line);
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await gone;
  clearTimeout(timer);
}

const pageBytes = 4096;

/** Resident bytes of a process, as the kernel counts them. */
export function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes;
  } catch {
    return 0;
  }
}

/** What a process holds in memory, in MB; `own` leaves out pages of files, which the kernel takes back when it needs them. */
export function memoryOf(pid: number): { readonly residentMb: number; readonly ownMb: number } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const mb = (name: string) =>
      Math.round((Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6);
    return { residentMb: mb('VmRSS'), ownMb: mb('RssAnon') };
  } catch {
    return { residentMb: Number.NaN, ownMb: Number.NaN };
  }
}

/** Processor seconds a process has used since it started. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** Looks at the memory of some processes twice a second. */
export class MemoryWatch {
  readonly #pids: Readonly<Record<string, () => number | undefined>>;
  readonly #peaks = new Map<string, number>();
  #peakTogether = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(pids: Readonly<Record<string, () => number | undefined>>) {
    this.#pids = pids;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), 500);
  }

  /** The highest of each, and of all at one moment, in MB. */
  stop(): { readonly each: Readonly<Record<string, number>>; readonly together: number } {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#look();
    const mb = (bytes: number) => Math.round(bytes / 1e6);
    const each = Object.fromEntries([...this.#peaks].map(([name, bytes]) => [name, mb(bytes)]));
    return { each, together: mb(this.#peakTogether) };
  }

  #look(): void {
    let together = 0;
    for (const [name, pidOf] of Object.entries(this.#pids)) {
      const pid = pidOf();
      const bytes = pid === undefined ? 0 : residentBytes(pid);
      together += bytes;
      this.#peaks.set(name, Math.max(bytes, this.#peaks.get(name) ?? 0));
    }
    this.#peakTogether = Math.max(together, this.#peakTogether);
  }
}
