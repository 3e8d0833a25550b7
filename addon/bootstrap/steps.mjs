/** What the parts of the bootstrap share: output, failure, and running a slow program. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { reasonIn } from './reason.mjs';

/** The checkout. */
export const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');

/** Something is missing that only the user can mend; the message says in one line what and how. */
export class Refusal extends Error {}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** A step that takes longer is stuck. */
const limitMs = 20 * 60_000;
const patienceMs = 20_000;
/** The end of what a program prints is enough to say why it failed. */
const keptCharacters = 20_000;

/**
 * Runs a slow program to its end: its output goes to .cache/logs, a line now and then to the user.
 *
 * @param {string} what the step in a few words, for "… still working on it"
 * @param {string} logName
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv}} [options]
 * @returns {Promise<{ok: boolean, logFile: string, output: string, why: string}>} the end of what it printed, and why it failed
 */
export async function runStep(what, logName, command, args, options = {}) {
  const folder = join(root, '.cache/logs');
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, `${logName}.log`);
  const log = createWriteStream(logFile, { flags: 'a' });
  log.write(`\n$ ${command} ${args.join(' ')}\n`);
  const started = Date.now();
  const patience = setInterval(
    () => say(`  … still ${what} (${Math.round((Date.now() - started) / 1000)} s)`),
    patienceMs,
  );
  let output = '';
  try {
    const ok = await new Promise((resolve) => {
      const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
          log.write(text);
          output = (output + text).slice(-keptCharacters);
        });
      child.on('error', (error) => {
        output = error.message;
        resolve(false);
      });
      child.on('close', (code, signal) => {
        if (signal !== null) output += `\nerror: it took longer than ${limitMs / 60_000} minutes`;
        resolve(code === 0);
      });
    });
    return { ok, logFile, output, why: ok ? '' : reasonIn(output) };
  } finally {
    clearInterval(patience);
    await new Promise((resolve) => log.end(() => resolve(undefined)));
  }
}
