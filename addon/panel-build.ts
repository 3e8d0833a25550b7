import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOfSources, textOf } from './hash.ts';
import { waitForLock } from './lock.ts';
import { cacheFolder, root } from './paths.ts';
import { runProgram } from './program.ts';
import type { Say } from './say.ts';

/** What the built panel depends on. */
export const panelSources: readonly string[] = [
  'ui',
  'src/schemas',
  'src/statistics/figures',
  'src/runtime/backoff.ts',
  'src/units/durations.ts',
  'package-lock.json',
];
const limitMs = 5 * 60_000;

/** Builds the panel into dist/panel, unless what is there was built from the same sources. */
export async function buildPanel(say: Say): Promise<void> {
  const lock = await waitForLock(join(cacheFolder, 'panel.lock'), limitMs);
  try {
    const stamp = join(cacheFolder, 'panel.built-from');
    const key = await hashOfSources(root, panelSources);
    const isBuilt = (await textOf(join(root, 'dist/panel/index.html'))) !== undefined;
    if (isBuilt && (await textOf(stamp)) === key) return;
    say('Panel: building it');
    await runProgram(
      process.execPath,
      [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--config', 'ui/vite.config.ts'],
      {
        cwd: root,
        // Also from a test, whose own environment would leave in what is for development.
        env: { ...process.env, NODE_ENV: 'production' },
        logFile: join(cacheFolder, 'logs/panel.log'),
        limitMs,
      },
    );
    await mkdir(cacheFolder, { recursive: true });
    await writeFile(stamp, key);
  } finally {
    lock.release();
  }
}
