import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForLock } from '../../../addon/lock.ts';
import { cacheFolder } from '../../../addon/paths.ts';
import { ProgramFailure, runProgram } from '../../../addon/program.ts';
import { Refusal } from '../../../addon/refusal.ts';
import type { Say } from '../../../addon/say.ts';
import { findPython } from './python.ts';
import { uv } from './versions.ts';

export interface InstalledCore {
  readonly core: string;
  readonly python: string;
}

const home = join(cacheFolder, 'home-assistant');
const stepLimitMs = 10 * 60_000;

/**
 * Home Assistant Core in a virtual environment under .cache; what is there already is kept, and needs no network.
 * Throws a Refusal, one sentence that says why and where the log is, when it can't be had.
 */
export async function installCore(say: Say): Promise<InstalledCore> {
  const { command, version } = await findPython();
  const folder = join(home, `core-${version.core}`);
  const python = join(folder, 'bin/python');
  await mkdir(home, { recursive: true });
  const lock = await waitForLock(join(home, 'install.lock'), stepLimitMs);
  try {
    const stamp = createHash('sha256')
      .update(await readFile(version.requirements))
      .update(`${uv} ${command}`)
      .digest('hex');
    const stampFile = join(folder, 'stamp');
    if ((await textOf(stampFile)) === stamp) return { core: version.core, python };
    const logFile = join(cacheFolder, 'logs/home-assistant-install.log');
    const options = { logFile, limitMs: stepLimitMs };
    say(`Home Assistant ${version.core}: making a virtual environment with ${command}`);
    const incoming = join(home, 'incoming');
    await rm(incoming, { recursive: true, force: true });
    await runProgram(command, ['-m', 'venv', incoming], options);
    await runProgram(join(incoming, 'bin/python'), ['-m', 'pip', 'install', '-q', `uv==${uv}`], options);
    // Its scripts name the folder they were made in: it gets its own name before anything is installed.
    await rm(folder, { recursive: true, force: true });
    await rename(incoming, folder);
    say(`Home Assistant ${version.core}: fetching its packages, about 150 MB`);
    await runProgram(
      python,
      ['-m', 'uv', 'pip', 'install', '--python', python, '--require-hashes', '-r', version.requirements],
      { ...options, onLine: (line) => isStep(line) && say(`Home Assistant ${version.core}: ${line.trim()}`) },
    );
    await writeFile(stampFile, stamp);
    say(`Home Assistant ${version.core}: installed`);
    return { core: version.core, python };
  } catch (cause) {
    if (!(cause instanceof ProgramFailure)) throw cause;
    throw new Refusal(
      `Home Assistant ${version.core} could not be installed for the tests: ${cause.why}. All that was said is in ${cause.logFile}`,
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
