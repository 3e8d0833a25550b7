import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Everything the program says goes there, after what is there already. */
  readonly logFile: string;
  readonly limitMs: number;
  /** Called with each line it says, for those who want to show progress. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end. Throws, with its last lines, when it fails or takes longer than `limitMs`. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<void> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const last: string[] = [];
  const hear = (line: string): void => {
    if (line.trim() === '') return;
    last.push(line);
    if (last.length > 8) last.shift();
    options.onLine?.(line);
  };
  try {
    log.write(`\n$ ${command} ${args.join(' ')}\n`);
    const code = await new Promise<number | string>((resolve, reject) => {
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
          for (const line of lines) hear(line);
        });
        stream.on('end', () => hear(rest));
      };
      listen(child.stdout);
      listen(child.stderr);
      child.on('error', reject);
      child.on('close', (exitCode, signal) => resolve(exitCode ?? signal ?? 'no exit code'));
    });
    if (code !== 0)
      throw new Error(
        `${command} ended with ${code}. Its last lines (all in ${options.logFile}):\n${last.join('\n')}`,
      );
  } finally {
    await new Promise((resolve) => log.end(resolve));
  }
}
