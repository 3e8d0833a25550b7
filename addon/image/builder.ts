/** Building images with whichever of buildah and docker is there. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder } from '../paths.ts';
import { runProgram } from '../program.ts';
import type { Say } from '../say.ts';

export type Tool = 'buildah' | 'docker';

interface Build {
  readonly file: string;
  /** The folder that COPY copies from. */
  readonly context: string;
  readonly tag: string;
  readonly args: Readonly<Record<string, string>>;
}

export const logFile = join(cacheFolder, 'logs/image.log');
const buildLimitMs = 60 * 60_000;

/** What a program printed; throws when it fails. For questions that are answered at once. */
export function ask(command: string, args: readonly string[]): string {
  const answer = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  if (answer.error) throw new Error(`${command} could not be run`, { cause: answer.error });
  if (answer.status !== 0) throw new Error(`${command} ${args[0]}: ${answer.stderr.trim()}`);
  return answer.stdout.trim();
}

function works(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** The tool that can build here; docker counts only when its daemon answers. */
export function findTool(): Tool | undefined {
  if (works('buildah', ['--version'])) return 'buildah';
  if (works('docker', ['info'])) return 'docker';
  return undefined;
}

export function hasImage(tool: Tool, tag: string): boolean {
  return tool === 'buildah'
    ? works('buildah', ['inspect', '--type', 'image', tag])
    : works('docker', ['image', 'inspect', tag]);
}

/** Builds an image, and says each of its steps. Everything else goes to the log file. */
export async function build(tool: Tool, { file, context, tag, args }: Build, say: Say): Promise<void> {
  const named = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const common = ['--file', file, '--tag', tag, ...named, context];
  const words =
    tool === 'buildah'
      ? // Docker's format: the other one has no health check. Layers: what did not change is not built again.
        ['build', '--isolation', 'chroot', '--format', 'docker', '--layers', ...common]
      : ['build', ...common];
  await runProgram(tool, words, {
    logFile,
    limitMs: buildLimitMs,
    onLine: (line) => {
      if (/^(\[\d+\/\d+\] )?STEP \d+|^Step \d+\/|^#\d+ \[/.test(line)) say(`  ${line.slice(0, 150)}`);
    },
  });
}

/** Size of an image in bytes, all its layers together. */
export function sizeOf(tool: Tool, tag: string): number {
  if (tool === 'docker') return Number(ask('docker', ['image', 'inspect', '--format', '{{.Size}}', tag]));
  const container = ask('buildah', ['from', tag]);
  try {
    const folder = ask('buildah', ['mount', container]);
    return Number(ask('du', ['-sx', '--bytes', folder]).split('\t')[0]);
  } finally {
    ask('buildah', ['rm', container]);
  }
}
