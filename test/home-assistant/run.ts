/**
 * The suite against a real Home Assistant: `npm run test:home-assistant` installs and starts one,
 * `npm run test:home-assistant -- --url http://homeassistant.local:8123 --token …` takes one that is up.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../addon/paths.ts';
import { orEnd } from '../../addon/refusal.ts';
import { installSidecars } from '../../addon/sidecars/sidecars.ts';
import { installCore } from './core/install.ts';

const { values, positionals } = parseArgs({
  options: { url: { type: 'string' }, token: { type: 'string' } },
  allowPositionals: true,
});
const url = values.url ?? process.env.HA_TEST_URL;
const token = values.token ?? process.env.HA_TEST_TOKEN;
if ((url === undefined) !== (token === undefined)) {
  process.stderr.write('--url and --token belong together (or HA_TEST_URL and HA_TEST_TOKEN)\n');
  process.exit(64);
}
// Here, where it may take as long as a first download does.
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
await orEnd(installSidecars(say));
if (url === undefined) await orEnd(installCore(say));
const child = spawn(
  process.execPath,
  [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'home-assistant', ...positionals],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...(url === undefined || token === undefined ? {} : { HA_TEST_URL: url, HA_TEST_TOKEN: token }),
    },
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
