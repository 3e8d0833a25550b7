import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync } from 'node:fs';
import { Backoff } from '../src/runtime/backoff.ts';
import { LogFile } from './log-file.ts';
import type { Say } from './say.ts';

interface ProgramDescription {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly logFile: string;
  /** How long it may take to stop before it is killed. */
  readonly stopLimitMs: number;
  /** Called with what it prints, besides writing it to the log file. */
  readonly onOutput?: (text: string) => void;
}

const firstDelayMs = 1000;
const longestDelayMs = 30_000;
/** One that lived for so long was well: its next death is a first one again. */
const wellAfterMs = 20_000;
const survivable: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGSTOP',
  'SIGCONT',
  'SIGTSTP',
  'SIGWINCH',
  'SIGCHLD',
]);

/**
 * A program that is started again when it dies, as s6 does in the container: after a second, then two, four
 * and so on up to half a minute for one that keeps dying.
 *
 * It runs in a session of its own, so that Ctrl-C in a terminal reaches only us and we stop things in order;
 * on Linux the kernel ends it when we are killed.
 */
export class SupervisedProgram {
  readonly #about: ProgramDescription;
  readonly #say: Say;
  readonly #log: LogFile;
  #child: ChildProcess | undefined;
  #wanted = false;
  #startedAtMs = 0;
  readonly #retry = new Backoff(firstDelayMs, longestDelayMs);
  #again: NodeJS.Timeout | undefined;
  #deaths = 0;
  #isDying = false;

  constructor(about: ProgramDescription, say: Say) {
    this.#about = about;
    this.#say = say;
    this.#log = new LogFile(about.logFile);
  }

  /** Undefined while it is down, and from the moment a deadly signal was sent to it. */
  get pid(): number | undefined {
    return this.#isDying ? undefined : this.#child?.pid;
  }

  /** How often it ended although it should have run. */
  get deaths(): number {
    return this.#deaths;
  }

  lastLines(count: number): string {
    return this.#log.lastLines(count);
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#log.open();
    this.#spawn();
  }

  /** Sends a signal to it, if it runs. One that dies of it is started again. */
  kill(signal: NodeJS.Signals): void {
    if (this.#child?.kill(signal) === true && !survivable.has(signal)) this.#isDying = true;
  }

  /** Ends it, gently and then not, and resolves when it is gone. It stays down until `start`. */
  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#again);
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        this.#say(`${this.#about.name} does not stop; killing it`);
        child.kill('SIGKILL');
      }, this.#about.stopLimitMs);
      child.once('exit', () => {
        clearTimeout(force);
        resolve();
      });
      // A stopped (SIGSTOP) process only hears SIGTERM once it goes on.
      child.kill('SIGTERM');
      child.kill('SIGCONT');
    });
  }

  #spawn(): void {
    const [command, args] = endingWithUs(this.#about.command, this.#about.args);
    this.#startedAtMs = performance.now();
    const child = spawn(command, args, {
      env: this.#about.env,
      cwd: this.#about.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.#isDying = false;
    const print = (chunk: Buffer): void => {
      this.#log.append(chunk);
      this.#about.onOutput?.(chunk.toString('utf8'));
    };
    child.stdout.on('data', print);
    child.stderr.on('data', print);
    let ended = false;
    const end = (how: string): void => {
      if (ended) return;
      ended = true;
      this.#child = undefined;
      this.#log.append(`--- ${this.#about.name} ended: ${how}\n`);
      if (this.#wanted) this.#startAgain(how);
    };
    child.once('error', (cause) => end(cause.message));
    child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
  }

  #startAgain(how: string): void {
    this.#deaths += 1;
    if (performance.now() - this.#startedAtMs > wellAfterMs) this.#retry.reset();
    const delayMs = this.#retry.nextMs();
    this.#say(`${this.#about.name} ended (${how}); starting it again in ${delayMs / 1000} s`);
    this.#again = setTimeout(() => this.#spawn(), delayMs);
  }
}

/** Asks the kernel to end the program when we die, where there is a way to ask. */
export function endingWithUs(command: string, args: readonly string[]): [string, string[]] {
  const setpriv = '/usr/bin/setpriv';
  try {
    accessSync(setpriv);
  } catch {
    return [command, [...args]];
  }
  return [setpriv, ['--pdeathsig', 'SIGTERM', '--', command, ...args]];
}
