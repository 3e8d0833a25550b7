/**
 * The first thing that runs on a machine that has never seen this project: `node addon/bootstrap.mjs SCRIPT …`.
 *
 * Makes sure of the npm packages (as package-lock.json says), of the pinned Node 26 among them, and of the
 * system's programs that SCRIPT needs, then runs SCRIPT with that Node. Plain JavaScript for whatever Node ≥ 20
 * the machine has; uses nothing that is not part of Node.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { needsOf } from './bootstrap/needs.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { Refusal, root, say } from './bootstrap/steps.mjs';
import { installSystemPrograms } from './bootstrap/system-programs.mjs';

const [script, ...args] = process.argv.slice(2);

try {
  if (script === undefined) throw new Refusal('Usage: node addon/bootstrap.mjs SCRIPT [ARGUMENT…]');
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Refusal(
      `Node ${process.versions.node} is too old: install Node 20 or newer, then run this again.`,
    );
  await installSystemPrograms(needsOf(script, args));
  const node = await installPackages();
  process.exitCode = await run(node, [join(root, script), ...args]);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}

/**
 * Runs the program to its end, passes signals on, and resolves with its exit code.
 *
 * @param {string} node
 * @param {string[]} parameters
 * @returns {Promise<number>} its exit code
 */
function run(node, parameters) {
  const PATH = [join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter);
  // The channel closes when this process ends in any way, and the program then stops.
  const child = spawn(node, parameters, {
    cwd: root,
    env: { ...process.env, PATH },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  // npm runs this from a shell, and a shell that receives a signal to end does not pass it on.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined) {
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      // Only once: on a second signal the program stops at once and leaves its own programs running.
      clearInterval(watch);
      child.kill('SIGTERM');
    }, 1000).unref();
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
