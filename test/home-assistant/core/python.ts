import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Refusal } from '../../../addon/refusal.ts';
import { type CoreVersion, coreVersions } from './versions.ts';

const run = promisify(execFile);

export interface Python {
  readonly command: string;
  readonly version: CoreVersion;
}

interface Interpreter {
  readonly minor: number;
  readonly patch: number;
}

/** The newest Core that an interpreter of this machine can run. HA_TEST_PYTHON names another interpreter to look at first. Throws a Refusal when there is none. */
export async function findPython(): Promise<Python> {
  const named = process.env.HA_TEST_PYTHON;
  const names = coreVersions.flatMap(({ pythons }) => pythons.map(({ minor }) => `python3.${minor}`));
  const commands = [...(named === undefined ? [] : [named]), ...names, 'python3'];
  const found: string[] = [];
  for (const version of coreVersions) {
    for (const command of commands) {
      const interpreter = await interpreterOf(command);
      if (interpreter === null) continue;
      found.push(`${command} is 3.${interpreter.minor}.${interpreter.patch}`);
      const isRight = version.pythons.some(
        ({ minor, leastPatch }) => interpreter.minor === minor && interpreter.patch >= leastPatch,
      );
      if (isRight) return { command, version };
    }
  }
  const wanted = coreVersions.flatMap(({ core, pythons }) =>
    pythons.map(({ minor, leastPatch }) => `Python 3.${minor}.${leastPatch} or newer for Core ${core}`),
  );
  throw new Refusal(
    `No Python with venv runs a Home Assistant that this suite knows: ${wanted.join(', or ')}. Found: ${[...new Set(found)].join(', ') || 'none'}. Install one, or name it in HA_TEST_PYTHON.`,
  );
}

/** Null when there is no such interpreter, or one without venv. */
async function interpreterOf(command: string): Promise<Interpreter | null> {
  const script = 'import sys, venv, ensurepip; print(*sys.version_info[:3])';
  try {
    const { stdout } = await run(command, ['-c', script], { timeout: 20_000 });
    const [major, minor, patch] = stdout.trim().split(' ').map(Number);
    return major === 3 && minor !== undefined && patch !== undefined ? { minor, patch } : null;
  } catch {
    // Not there, or a shim that refuses: the next name is tried.
    return null;
  }
}
