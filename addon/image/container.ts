/** A running copy of an image, started by docker, or by hand for an image that buildah built. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ask, type Tool } from './builder.ts';

export interface Container {
  /** Of its first process, as this machine counts. */
  readonly pid: number;
  /** Asks it to stop as docker does; answers with its exit code, or a signal's name. */
  stop(): Promise<number | string>;
  /** Leaves nothing behind. */
  remove(): void;
}

interface ContainerOptions {
  readonly tag: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly stopLimitMs: number;
}

export function startContainer(tool: Tool, options: ContainerOptions): Promise<Container> {
  return tool === 'docker' ? Promise.resolve(underDocker(options)) : underUnshare(options);
}

function underDocker({ tag, dataDir, env, stopLimitMs }: ContainerOptions): Container {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const volume = ['--volume', `${dataDir}:/data`];
  const id = ask('docker', ['run', '--detach', '--network', 'none', ...volume, ...variables, tag]);
  return {
    pid: Number(ask('docker', ['inspect', '--format', '{{.State.Pid}}', id])),
    stop: () => {
      ask('docker', ['stop', '--time', String(stopLimitMs / 1000), id]);
      return Promise.resolve(Number(ask('docker', ['inspect', '--format', '{{.State.ExitCode}}', id])));
    },
    remove: () => void ask('docker', ['rm', '--force', id]),
  };
}

/**
 * In process, mount and network namespaces of its own, so that its first process is process 1 and its ports are free.
 * The image's own environment, as far as a shell needs it, is taken from its settings.
 */
async function underUnshare({
  tag,
  dataDir,
  env,
  logFile,
  stopLimitMs,
}: ContainerOptions): Promise<Container> {
  const container = ask('buildah', ['from', tag]);
  const mounted = ask('buildah', ['mount', container]);
  const variables = [
    ...imageEnvironment(container),
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
  ];
  const child = spawn(
    'unshare',
    [
      '--pid',
      '--mount',
      '--net',
      '--fork',
      '--kill-child',
      join(import.meta.dirname, 'enter'),
      mounted,
      dataDir,
      ...variables,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<number | string>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  return {
    pid: await firstChildOf(child),
    stop: async () => {
      process.kill(await firstChildOf(child), 'SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
    remove: () => {
      child.kill('SIGKILL');
      log.end();
      ask('buildah', ['rm', container]);
    },
  };
}

const inspected = z.object({ Docker: z.object({ config: z.object({ Env: z.array(z.string()) }) }) });

function imageEnvironment(container: string): string[] {
  return inspected.parse(JSON.parse(ask('buildah', ['inspect', container]))).Docker.config.Env;
}

async function firstChildOf(child: ChildProcess): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
    const pid = Number(children.trim().split(' ')[0]);
    if (pid > 0) return pid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the container did not start: unshare needs root');
}
