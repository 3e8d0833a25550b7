/** `npm run soak -- --minutes 60 [--rate 500] [--seed 7]`: the soak of soak.test.ts, which is no part of `npm test`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../addon/paths.ts';
import { orEnd } from '../../addon/refusal.ts';
import { installSidecars } from '../../addon/sidecars/sidecars.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '500' },
    seed: { type: 'string' },
  },
});
await orEnd(installSidecars((line) => process.stdout.write(`${line}\n`)));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const child = spawn(process.execPath, [vitest, 'run', '--project', 'soak'], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    SOAK_MINUTES: values.minutes,
    SOAK_RATE: values.rate,
    ...(values.seed === undefined ? {} : { FAULTS_SEED: values.seed }),
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
