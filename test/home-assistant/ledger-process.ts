/**
 * The process as it runs in the container, with stores and a data folder of its own, to be killed and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, root } from '../../addon/paths.ts';
import { freePort } from '../../addon/ports.ts';
import { installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { endingWithUs } from '../../addon/supervised-program.ts';
import type { Readings } from '../../src/schemas/readings.ts';
import type { Status } from '../../src/schemas/status.ts';
import { until } from './until.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const loggedLimit = 1_000_000;

/** Where the process finds its stores: their own addresses, or what a test puts in between. */
export type StoreAddresses = Pick<Sidecars, 'questdbUrl' | 'questdbPgUrl' | 'mongodbUrl'>;

export interface LedgerProcessOptions {
  readonly through?: (stores: StoreAddresses) => Promise<StoreAddresses>;
  /** Besides its own. */
  readonly env?: NodeJS.ProcessEnv;
  /** Besides the stores' own. */
  readonly storesEnv?: NodeJS.ProcessEnv;
  /** Made and removed by itself when none is given. */
  readonly folder?: string;
}

export class LedgerProcess {
  readonly sidecars: Sidecars;
  /** Its data folder; the stores' too. */
  readonly folder: string;
  readonly url: string;
  readonly #direct: StoreAddresses;
  readonly #isOwnFolder: boolean;
  readonly #tracked: readonly string[];
  /** What its next start is given. */
  readonly env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  /** The end of what it logged. */
  #logged = '';

  private constructor(
    sidecars: Sidecars,
    folder: string,
    isOwnFolder: boolean,
    tracked: readonly string[],
    env: NodeJS.ProcessEnv,
    url: string,
  ) {
    this.sidecars = sidecars;
    this.folder = folder;
    this.#isOwnFolder = isOwnFolder;
    this.#tracked = tracked;
    this.env = env;
    this.url = url;
    this.#direct = sidecars;
  }

  static async create(
    homeAssistant: { url: string; token: string },
    tracked: string[],
    options: LedgerProcessOptions = {},
  ): Promise<LedgerProcess> {
    const runs = join(cacheFolder, 'home-assistant/runs');
    await mkdir(runs, { recursive: true });
    const folder = options.folder ?? (await mkdtemp(join(runs, 'ledger-')));
    const logsDir = join(cacheFolder, 'logs');
    const programs = await installSidecars(say);
    const sidecars = await startSidecars({
      programs,
      dataDir: folder,
      logsDir,
      log: say,
      ...(options.storesEnv === undefined ? {} : { env: options.storesEnv }),
    });
    const stores = await (options.through?.(sidecars) ?? sidecars);
    const port = await freePort();
    const env = {
      ...process.env,
      HA_URL: homeAssistant.url,
      HA_TOKEN: homeAssistant.token,
      DATA_DIR: folder,
      PORT: String(port),
      QUESTDB_URL: stores.questdbUrl,
      QUESTDB_PG_URL: stores.questdbPgUrl,
      MONGODB_URL: stores.mongodbUrl,
      LOG_LEVEL: 'info',
      ...options.env,
    };
    const url = `http://127.0.0.1:${port}`;
    return new LedgerProcess(sidecars, folder, options.folder === undefined, tracked, env, url);
  }

  /** The options are written before each start, as the Supervisor does it. */
  start(): void {
    const optionsJson = JSON.stringify({ tracked_entities: this.#tracked });
    // Synced, as what a user set long ago is.
    writeFileSync(join(this.folder, 'options.json'), optionsJson, { flush: true });
    const log = createWriteStream(join(cacheFolder, 'logs/home-assistant-ledger.log'), { flags: 'a' });
    const [command, args] = endingWithUs(process.execPath, [join(root, 'src/main.ts')]);
    const child = spawn(command, args, {
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#logged = (this.#logged + text).slice(-loggedLimit);
    });
    this.#child = child;
  }

  /** Lines of its log, the newest 1 MB, that have this. */
  logged(text: string): readonly string[] {
    return this.#logged.split('\n').filter((line) => line.includes(text));
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

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What its status page says, and with which code; null while it does not answer. */
  async status(): Promise<{ readonly code: number; readonly body: Status } | null> {
    try {
      const response = await fetch(`${this.url}/api/status`, { signal: AbortSignal.timeout(5000) });
      return { code: response.status, body: (await response.json()) as Status };
    } catch {
      return null;
    }
  }

  /** `npm run verify` on its stores: the exit code and what was printed. */
  async verify(): Promise<{ readonly code: number | null; readonly output: string }> {
    const { questdbUrl, questdbPgUrl, mongodbUrl } = this.#direct;
    const child = spawn(process.execPath, [join(root, 'src/verify.ts')], {
      env: {
        ...this.env,
        QUESTDB_URL: questdbUrl,
        QUESTDB_PG_URL: questdbPgUrl,
        MONGODB_URL: mongodbUrl,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 200)}`);
    return await response.json();
  }

  async post(path: string, body: object): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
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
    if (this.#isOwnFolder) await rm(this.folder, { recursive: true, force: true });
  }
}
