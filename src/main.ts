/** Composition root: options → log → adapters → process; stops cleanly on a signal, exits non-zero on a fault. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createAdapters } from './composition/adapters.ts';
import { EnergyLedger } from './composition/energy-ledger.ts';
import { OptionsError, readOptions } from './composition/options.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/console-log.ts';
import { endAtLatest } from './runtime/hard-end.ts';

/** A stop that takes longer is cut off; the spool has what was not written. */
const stopWithinMs = 14_000;
/** What cutting off and leaving may take besides; less than `npm start` and s6 wait before they kill it. */
const leaveWithinMs = 700;
/** Leaving takes a moment; the process is not started again until it has left. */
const dieWithinMs = 3000;
const checkoutDir = resolve(import.meta.dirname, '..');

function versionOf(): string {
  const text: unknown = JSON.parse(readFileSync(resolve(checkoutDir, 'package.json'), 'utf8'));
  return typeof text === 'object' && text !== null && 'version' in text ? String(text.version) : 'unknown';
}

function optionsOrExit() {
  try {
    return readOptions(process.env, checkoutDir);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(64);
  }
}

const options = optionsOrExit();
const log = createLog(options.logLevel);
const version = versionOf();
const adapters = createAdapters(options, systemClock, log);
const ledger = new EnergyLedger({ options, adapters, clock: systemClock, log, version });

let isStopping = false;
async function stop(signal: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  // First of all: a line waits for whoever reads the log.
  endAtLatest(stopWithinMs + leaveWithinMs, log);
  log.info({ signal }, 'Stopping');
  const deadline = setTimeout(() => {
    log.error({ stopWithinMs }, 'The stop took too long and is cut off');
    process.exit(1);
  }, stopWithinMs);
  deadline.unref();
  await ledger.stop();
  log.info({}, 'Stopped');
  process.exit(0);
}

function die(error: unknown, what: string): void {
  endAtLatest(dieWithinMs, log);
  log.error({ err: error }, what);
  process.exit(70);
}

process.on('uncaughtException', (error) => die(error, 'An unexpected fault; the supervisor starts anew'));
process.on('unhandledRejection', (error) => die(error, 'An unhandled rejection; the supervisor starts anew'));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

try {
  const port = await ledger.start();
  log.info({ version, host: options.host, port }, 'Energy Ledger answers');
} catch (error) {
  die(error, 'Energy Ledger could not start');
}
