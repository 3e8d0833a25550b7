import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { reasonIn } from './bootstrap/reason.mjs';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Everything the program prints is appended there. */
  readonly logFile: string;
  readonly limitMs: number;
  /** Called with each line it prints, for showing progress. */
  readonly onLine?: (line: string) => void;
}

/** A program that failed: `why` in a few words, its last lines in the message, all of them in `logFile`. */
export class ProgramFailure extends Error {
  override name = 'ProgramFailure';
  readonly why: string;
  readonly logFile: string;
  constructor(message: string, why: string, logFile: string) {
    super(message);
    this.why = why;
    this.logFile = logFile;
  }
}

/** Enough to show why it failed: Maven and pip report it long before their last line. */
const keptLines = 100;
const shownLines = 8;

/** Runs a program to its end. Throws a ProgramFailure when it can't be run, fails, or takes longer than `limitMs`. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<void> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const last: string[] = [];
  const print = (line: string): void => {
    if (line.trim() === '') return;
    last.push(line);
    if (last.length > keptLines) last.shift();
    options.onLine?.(line);
  };
  try {
    log.write(`\n$ ${command} ${args.join(' ')}\n`);
    const code = await new Promise<number | string>((resolve) => {
      const child = spawn(command, args, {
        cwd: options.cwd,
        env: options.env,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: options.limitMs,
      });
      const listen = (stream: NodeJS.ReadableStream): void => {
        let rest = '';
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          log.write(chunk);
          // A carriage return redraws a progress line: each redraw counts as a line.
          const lines = (rest + chunk).split(/[\r\n]/);
          rest = (lines.pop() ?? '').slice(-4096);
          for (const line of lines) print(line);
        });
        stream.on('end', () => print(rest));
      };
      listen(child.stdout);
      listen(child.stderr);
      child.on('error', (cause) => {
        print(cause.message);
        resolve('could not be run');
      });
      child.on('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'no exit code'));
    });
    if (code === 0) return;
    const tooLong =
      code === 'SIGTERM' ? `it took longer than ${Math.round(options.limitMs / 60_000)} minutes` : '';
    throw new ProgramFailure(
      `${command} ended with ${code}. Its last lines (all in ${options.logFile}):\n${last.slice(-shownLines).join('\n')}`,
      tooLong || reasonIn(last.join('\n')),
      options.logFile,
    );
  } finally {
    await new Promise((resolve) => log.end(resolve));
  }
}
