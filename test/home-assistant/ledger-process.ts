/** The process as it runs in the container, with stores and a data folder of its own, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, root } from '../../addon/paths.ts';
import { freePort } from '../../addon/ports.ts';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { endingWithUs } from '../../addon/supervised-program.ts';
import type { Readings } from '../../src/contract/readings.ts';
import { until } from './home.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export class LedgerProcess {
  readonly sidecars: Sidecars;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #url: string;
  #child: ChildProcess | null = null;

  private constructor(sidecars: Sidecars, folder: string, env: NodeJS.ProcessEnv, url: string) {
    this.sidecars = sidecars;
    this.#folder = folder;
    this.#env = env;
    this.#url = url;
  }

  static async create(
    homeAssistant: { url: string; token: string },
    tracked: string[],
  ): Promise<LedgerProcess> {
    const runs = join(cacheFolder, 'home-assistant/runs');
    await mkdir(runs, { recursive: true });
    const folder = await mkdtemp(join(runs, 'ledger-'));
    await writeFile(join(folder, 'options.json'), JSON.stringify({ tracked_entities: tracked }));
    const sidecars = await startSidecars({ programs: await installSidecars(say), dataDir: folder, log: say });
    const port = await freePort();
    const env = {
      ...process.env,
      HA_URL: homeAssistant.url,
      HA_TOKEN: homeAssistant.token,
      DATA_DIR: folder,
      PORT: String(port),
      QUESTDB_URL: sidecars.questdbUrl,
      QUESTDB_PG_URL: sidecars.questdbPgUrl,
      MONGODB_URL: sidecars.mongodbUrl,
      LOG_LEVEL: 'info',
    };
    return new LedgerProcess(sidecars, folder, env, `http://127.0.0.1:${port}`);
  }

  start(): void {
    const log = createWriteStream(join(cacheFolder, 'logs/home-assistant-ledger.log'), { flags: 'a' });
    const [command, args] = endingWithUs(process.execPath, [join(root, 'src/main.ts')]);
    const child = spawn(command, args, {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#child = child;
  }

  /** As a crash or a power cut would end it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(this.#url + path, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return await response.json();
  }

  /** Resolves when it follows this entity. */
  async following(entityId: string): Promise<void> {
    await until(
      `${entityId} is followed`,
      async () => {
        try {
          return (await this.readings(entityId, new Date(Date.now() - 3_600_000))).length > 0;
        } catch {
          // It starts, or a store does.
          return false;
        }
      },
      60_000,
    );
  }

  /** Every reading from then until now, page by page. */
  async readings(entityId: string, since: Date): Promise<Readings['readings']> {
    const all: Readings['readings'] = [];
    // A cursor holds for one span.
    const span = `since=${since.toISOString()}&until=${new Date().toISOString()}`;
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/api/readings/${entityId}?${span}&limit=1000${more}`;
      const page = (await this.get(path)) as Readings;
      all.push(...page.readings);
      cursor = page.next_cursor;
    }
    return all;
  }

  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    await this.sidecars.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
