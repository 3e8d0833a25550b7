/** The images that the Dockerfile starts from, made from Debian and npm packages where no registry is reachable. */
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../paths.ts';
import { runProgram } from '../program.ts';
import type { Say } from '../say.ts';
import { build, hasImage, logFile, type Tool } from './builder.ts';

const suite = 'trixie';
const folder = join(cacheFolder, 'image');
const sources = join(import.meta.dirname, 'local-base');
const baseTag = 'localhost/energy-ledger-base:debootstrap';
const overlayTag = 'localhost/energy-ledger-base:s6-overlay';
const toolsTag = 'localhost/energy-ledger-tools:debootstrap';
const stepLimitMs = 20 * 60_000;
const trustedHere = '/usr/local/share/ca-certificates';

/** What Home Assistant's base brings and the app uses, and s6 in s6-overlay's place. */
const packages = ['bash', 'ca-certificates', 'curl', 'execline', 'jq', 's6', 'tzdata'];

/**
 * Makes the images (those that are there already are kept) and answers with the Dockerfile's arguments for them.
 * `overlay` is a folder with the release archives of s6-overlay, to have that in the base instead of stand-ins.
 */
export async function localBase(
  tool: Tool,
  overlay: string | undefined,
  say: Say,
): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const base = overlay === undefined ? baseTag : overlayTag;
  if (!hasImage(tool, base)) {
    await debian(say);
    say(`Building ${base}`);
    const context = await contextOf('base-context');
    for (const name of ['init', 'with-contenv', 'halt']) await cp(join(sources, name), join(context, name));
    if (overlay !== undefined) await cp(overlay, join(context, 's6-overlay'), { recursive: true });
    const file = join(sources, overlay === undefined ? 'base.Dockerfile' : 'overlay-base.Dockerfile');
    await build(tool, { file, context, tag: base, args: {} }, say);
    await rm(context, { recursive: true });
  }
  if (!hasImage(tool, toolsTag)) {
    await debian(say);
    say(`Building ${toolsTag} (Java, Maven, Go, Node: a few minutes)`);
    const context = await contextOf('tools-context');
    await copyFile(process.execPath, join(context, 'node'));
    const npm = ['install', '--prefix', join(context, 'npm'), '--no-audit', '--no-fund', 'npm@11'];
    await runProgram('npm', npm, { cwd: context, logFile, limitMs: stepLimitMs });
    await build(tool, { file: join(sources, 'tools.Dockerfile'), context, tag: toolsTag, args: {} }, say);
    await rm(context, { recursive: true });
  }
  return { BUILD_FROM: base, NODE_IMAGE: toolsTag, JAVA_IMAGE: toolsTag, GO_IMAGE: toolsTag };
}

const rootfs = join(folder, `${suite}.tar`);

/** Debian's smallest system as an archive. */
async function debian(say: Say): Promise<void> {
  if (existsSync(rootfs)) return;
  say(`Debian ${suite}: fetching it with debootstrap (a minute or two)`);
  const tree = join(folder, suite);
  await rm(tree, { recursive: true, force: true });
  const run = (command: string, args: readonly string[]): Promise<void> =>
    runProgram(command, args, { logFile, limitMs: stepLimitMs });
  await run('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, suite, tree]);
  if (existsSync(trustedHere)) {
    await cp(trustedHere, join(tree, trustedHere), { recursive: true });
    await run('chroot', [tree, 'update-ca-certificates']);
  }
  await run('tar', [
    '--create',
    '--file',
    `${rootfs}.part`,
    '--numeric-owner',
    '--one-file-system',
    '--exclude=./var/cache/apt/archives/*.deb',
    '--exclude=./var/lib/apt/lists/*',
    '--exclude=./proc/*',
    '--exclude=./sys/*',
    '--exclude=./dev/*',
    '--directory',
    tree,
    '.',
  ]);
  await rename(`${rootfs}.part`, rootfs);
  await rm(tree, { recursive: true });
}

/** An empty folder with the archive in it. */
async function contextOf(name: string): Promise<string> {
  const context = join(folder, name);
  await rm(context, { recursive: true, force: true });
  await mkdir(context, { recursive: true });
  await copyFile(rootfs, join(context, 'rootfs.tar'));
  return context;
}
