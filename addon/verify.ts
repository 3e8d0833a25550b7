/**
 * `npm run verify`: finds the stores of the `npm start` that runs on this machine, then runs src/verify.ts on them.
 *
 * DATA_DIR says which, when there are several. QUESTDB_URL, QUESTDB_PG_URL and MONGODB_URL name other stores, as for the
 * process.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cacheFolder, root } from './paths.ts';
import { orEnd, Refusal } from './refusal.ts';
import { storesOf } from './running-stores.ts';
import { addressesOf } from './sidecars/sidecars.ts';

const dataDirs =
  process.env.DATA_DIR === undefined
    ? ['run/data', 'run/demo-data'].map((name) => join(cacheFolder, name))
    : [process.env.DATA_DIR];

/** The environment that leads src/verify.ts to the stores. Throws a Refusal where they can't be found. */
async function whereStoresAre(): Promise<NodeJS.ProcessEnv> {
  if (process.env.QUESTDB_URL || process.env.QUESTDB_PG_URL || process.env.MONGODB_URL) return {};
  const about = dataDirs.map((dataDir) => ({ dataDir, ...storesOf(dataDir) }));
  const running = about.filter((one) => one.kind === 'running');
  const [only, another] = running;
  if (another !== undefined)
    throw new Refusal(
      `Several are running: say which, with DATA_DIR=${running.map(({ dataDir }) => dataDir).join(' or DATA_DIR=')}`,
    );
  if (only !== undefined) {
    process.stdout.write(`Looking at the stores of the npm start with the data in ${only.dataDir}\n`);
    const { questdbUrl, questdbPgUrl, mongodbUrl } = addressesOf(only.ports, null);
    return {
      DATA_DIR: only.dataDir,
      QUESTDB_URL: questdbUrl,
      QUESTDB_PG_URL: questdbPgUrl,
      MONGODB_URL: mongodbUrl,
    };
  }
  const folder = (kind: string) => about.find((one) => one.kind === kind)?.dataDir;
  if (folder('starting') !== undefined)
    throw new Refusal(
      `npm start is still starting its stores (data in ${folder('starting')}): try again soon`,
    );
  const other = 'or name the stores in QUESTDB_URL, QUESTDB_PG_URL and MONGODB_URL';
  if (folder('left behind') !== undefined)
    throw new Refusal(
      `The npm start that left ${folder('left behind')} was killed, and its stores ended with it: start it again, ${other}`,
    );
  throw new Refusal(
    `No npm start is running here (looked in ${dataDirs.join(' and ')}): start one beside this, ${other}`,
  );
}

/** The same as when a store does not answer: 1 would say that something differs. */
const noStores = 69;
const stores = await orEnd(whereStoresAre(), noStores);
const child = spawn(process.execPath, [join(root, 'src/verify.ts')], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...stores },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
