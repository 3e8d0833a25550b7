import { readFileSync, rmSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Lock {
  release(): void;
}

type LockOutcome = { readonly lock: Lock } | { readonly heldByPid: number };

/**
 * Takes the lock at `path` for this process, or returns its holder.
 *
 * A holder that died without releasing it is recognised: the file names its pid and the moment it started, so that
 * another process that was given the same pid later does not pass for it.
 */
export async function takeLock(path: string): Promise<LockOutcome> {
  await mkdir(dirname(path), { recursive: true });
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid} ${aboutProcess(process.pid).start ?? ''}`);
      await file.close();
      return { lock: { release: () => rmSync(path, { force: true }) } };
    } catch (cause) {
      if (!isExisting(cause)) throw new Error(`Cannot take the lock ${path}`, { cause });
    }
    const heldByPid = holderOf(path);
    if (heldByPid !== undefined) return { heldByPid };
    rmSync(path, { force: true });
  }
}

/** Takes the lock at `path`, waiting for as long as `limitMs` for another process to give it back. */
export async function waitForLock(path: string, limitMs: number): Promise<Lock> {
  const untilMs = performance.now() + limitMs;
  for (;;) {
    const outcome = await takeLock(path);
    if ('lock' in outcome) return outcome.lock;
    if (performance.now() > untilMs)
      throw new Error(`Process ${outcome.heldByPid} has held ${path} for too long`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The process that holds the lock at `path`; undefined when there is none. */
export function holderOf(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const [pidText = '', startedAt = ''] = text.split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const { start, hasEnded } = aboutProcess(pid);
  const isThatOne = start === (startedAt === '' ? undefined : startedAt);
  return isThatOne && !hasEnded && isAlive(pid) ? pid : undefined;
}

/**
 * When the process started, in the kernel's ticks since boot, and whether it has ended and only waits for its parent to
 * notice, which not every first process of a container ever does; without a start where /proc is missing.
 */
function aboutProcess(pid: number): { readonly start?: string | undefined; readonly hasEnded: boolean } {
  try {
    // The program's name, in brackets, may hold spaces: count fields after it. State is field 3 of all, start time 22.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { start: fields[19], hasEnded: fields[0] === 'Z' };
  } catch {
    return { hasEnded: false };
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM';
  }
}

function isExisting(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
}
