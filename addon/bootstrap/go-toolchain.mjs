/**
 * A newer Go where the system's is too old (Debian 12 has 1.19): fetched by the one that is here, as Go fetches
 * toolchains since 1.21, a module that is checked against Go's public record of hashes.
 */
import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from './needs.mjs';
import { Refusal, root, runStep, say } from './steps.mjs';

const version = '1.24.13';
const folder = join(root, `.cache/go-${version}`);

/** @returns {string | undefined} the folder of the fetched Go's programs; undefined when it was not fetched */
export function fetchedGo() {
  return existsSync(join(folder, 'bin/go')) ? join(folder, 'bin') : undefined;
}

/** Fetches it, where the Go of this machine can. Throws a Refusal that says why it could not. */
export async function fetchGo() {
  const target = outputOf('go', ['env', 'GOOS', 'GOARCH'])?.trim().split(/\s+/).join('-');
  say(`Fetching Go ${version} (80 MB), because ${outputOf('go', ['version'])?.trim()} is too old`);
  // One of our own: its modules may be written to, and what fails here leaves no trace in the user's.
  const cache = join(root, `.cache/go-fetch-${process.pid}`);
  const module = `golang.org/toolchain@v0.0.1-go${version}.${target}`;
  try {
    const { ok, logFile, why } = await runStep('fetching Go', 'go', 'go', ['mod', 'download', module], {
      env: { ...process.env, GOMODCACHE: cache, GOFLAGS: '-modcacherw', GO111MODULE: 'on' },
      cwd: root,
    });
    if (!ok)
      throw new Refusal(
        `Go ${version} could not be fetched: ${why}. All that Go said is in ${logFile}. Any Go from 1.21 on will do: https://go.dev/doc/install`,
      );
    const fetched = join(cache, module);
    makeUsable(fetched);
    if (!existsSync(folder)) renameSync(fetched, folder);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/**
 * A module holds neither the right to execute nor a go.mod within it: Go adds both when it uses one.
 *
 * @param {string} toolchain
 */
function makeUsable(toolchain) {
  const tools = join(toolchain, 'pkg/tool');
  for (const name of readdirSync(join(toolchain, 'bin'))) chmodSync(join(toolchain, 'bin', name), 0o755);
  for (const system of readdirSync(tools))
    for (const name of readdirSync(join(tools, system))) chmodSync(join(tools, system, name), 0o755);
  copyFileSync(join(toolchain, 'src/_go.mod'), join(toolchain, 'src/go.mod'));
}
