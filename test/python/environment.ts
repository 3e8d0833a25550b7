import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { waitForLock } from '../../addon/lock.ts';
import { cacheFolder } from '../../addon/paths.ts';
import { ProgramFailure, runProgram } from '../../addon/program.ts';
import { Refusal } from '../../addon/refusal.ts';
import type { Say } from '../../addon/say.ts';

/** A virtual environment whose every package is pinned and hashed; made by `uv pip compile --generate-hashes`. */
export interface Environment {
  /** What it is called while it is made. */
  readonly title: string;
  /** The interpreter that it is made with. */
  readonly command: string;
  readonly folder: string;
  readonly requirements: string;
  /** About what is fetched, for whoever waits. */
  readonly size: string;
}

const uv = '0.13.8';
const stepLimitMs = 10 * 60_000;

/**
 * Makes it where it is not there already, which needs the network; resolves with its Python. Throws a Refusal, one
 * sentence that says why and where the log is, when it can't be installed.
 */
export async function installEnvironment(environment: Environment, say: Say): Promise<string> {
  const { title, command, folder, requirements, size } = environment;
  const parent = dirname(folder);
  const python = join(folder, 'bin/python');
  await mkdir(parent, { recursive: true });
  const lock = await waitForLock(join(parent, 'install.lock'), stepLimitMs);
  try {
    const stamp = createHash('sha256')
      .update(await readFile(requirements))
      .update(`${uv} ${command}`)
      .digest('hex');
    const stampFile = join(folder, 'stamp');
    if ((await textOf(stampFile)) === stamp) return python;
    const logFile = join(cacheFolder, `logs/${basename(parent)}-install.log`);
    const options = { logFile, limitMs: stepLimitMs };
    say(`${title}: making a virtual environment with ${command}`);
    const incoming = join(parent, 'incoming');
    await rm(incoming, { recursive: true, force: true });
    await runProgram(command, ['-m', 'venv', incoming], options);
    await runProgram(join(incoming, 'bin/python'), ['-m', 'pip', 'install', '-q', `uv==${uv}`], options);
    // Its scripts name the folder they were made in: it gets its own name before anything is installed.
    await rm(folder, { recursive: true, force: true });
    await rename(incoming, folder);
    say(`${title}: fetching its packages, about ${size}`);
    await runProgram(
      python,
      ['-m', 'uv', 'pip', 'install', '--python', python, '--require-hashes', '-r', requirements],
      { ...options, onLine: (line) => isStep(line) && say(`${title}: ${line.trim()}`) },
    );
    await writeFile(stampFile, stamp);
    say(`${title}: installed`);
    return python;
  } catch (cause) {
    if (!(cause instanceof ProgramFailure)) throw cause;
    throw new Refusal(
      `${title} could not be installed for the tests: ${cause.why}. All that was said is in ${cause.logFile}`,
    );
  } finally {
    lock.release();
  }
}

/** uv's summaries; its list of packages is for the log. */
function isStep(line: string): boolean {
  return /^(Resolved|Prepared|Installed|Building|Downloading)\b/.test(line.trim());
}

async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return null;
  }
}
