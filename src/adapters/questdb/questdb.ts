import pg from 'pg';
import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { ilpAddress } from './address.ts';
import { QuestDbError } from './fault.ts';
import { defaultIlpLimits, IlpWriter, type IlpWriterLimits } from './ilp-writer.ts';
import type { Parameter, Row } from './row.ts';
import { createSchemaTable, migrations, schemaTable } from './schema.ts';

interface QuestDbDeps {
  /** ILP over HTTP: `http[s]://[user:password@]host:9000`. */
  readonly url: string;
  /** PostgreSQL wire: `postgres://user:password@host:8812/qdb[?sslmode=…]`. */
  readonly pgUrl: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface QuestDbLimits extends IlpWriterLimits {
  readonly connections: number;
  readonly connectMs: number;
  readonly queryMs: number;
  readonly checkMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
}

export const defaultQuestDbLimits: QuestDbLimits = {
  ...defaultIlpLimits,
  connections: 4,
  connectMs: 5000,
  queryMs: 20_000,
  checkMs: 3000,
  retryFirstMs: 250,
  retryLimitMs: 5000,
};

const int8Oid = 20;

/** Microseconds fit a double exactly until the year 2255; anything larger is not ours. */
function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${text} can't be held exactly`);
  return number;
}

/**
 * The only connection to QuestDB: a pool for reading, a writer for writing, and the schema that both need.
 * It starts without the server and connects when the server is up.
 */
export class QuestDb {
  readonly clock: Clock;
  /** Writes rows of the tables. */
  readonly writer: IlpWriter;
  readonly #deps: QuestDbDeps;
  readonly #limits: QuestDbLimits;
  #pool: pg.Pool | null = null;
  #isReady = false;
  #isStopped = false;
  #preparing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #retry: Backoff;
  #held: () => string | null = () => null;

  constructor(deps: QuestDbDeps, limits: Partial<QuestDbLimits> = {}) {
    this.#deps = deps;
    this.clock = deps.clock;
    this.#limits = { ...defaultQuestDbLimits, ...limits };
    this.writer = new IlpWriter(
      {
        address: ilpAddress(deps.url),
        prepared: () => this.prepared(),
        held: () => this.#held(),
        onFailure: () => {
          // A server that was set up anew in the meantime would make a table without keys out of the next rows.
          this.#isReady = false;
          this.#retryLater();
        },
      },
      this.#limits,
    );
    this.#retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
  }

  /** Starts to look for the server and keeps trying; never throws. */
  start(): void {
    void this.#tryToPrepare();
  }

  /** What is under way is cut off. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.writer.close();
    await this.#pool?.end();
  }

  /** Whether the schema is in place and nothing has failed since. */
  isReady(): boolean {
    return this.#isReady;
  }

  /** For the status page. Rejects with a QuestDbError when it does not answer in time. */
  async check(): Promise<void> {
    await this.prepared();
    await this.#run('SELECT 1', [], this.#limits.checkMs);
  }

  /** Resolves when the schema is in place; tries once; concurrent callers share the attempt. */
  prepared(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = null;
    });
    return this.#preparing;
  }

  /**
   * Rows by column name; a `long` comes as a number. Values are always passed in `values`. Rejects with a QuestDbError.
   */
  query(text: string, values: readonly Parameter[]): Promise<Row[]> {
    return this.#run(text, values, this.#limits.queryMs);
  }

  /** Refuses writes while `held` returns a reason, as when the disk is nearly full. Reads continue. */
  holdWrites(held: () => string | null): void {
    this.#held = held;
  }

  async #tryToPrepare(): Promise<void> {
    try {
      await this.prepared();
      this.#retry.reset();
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'QuestDB is not ready yet');
      this.#retryLater();
    }
  }

  #retryLater(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#tryToPrepare(), this.#retry.nextMs());
  }

  async #prepare(): Promise<void> {
    await this.#run(createSchemaTable, []);
    const [found] = await this.#run(`SELECT max(version) AS version FROM ${schemaTable}`, []);
    const version = Number(found?.version ?? 0);
    const newest = migrations.at(-1)?.version ?? 0;
    if (version > newest)
      throw new QuestDbError(
        'QuestDB is not used',
        new Error(`its tables are of version ${version}, and this program knows ${newest}: update the app`),
      );
    for (const migration of migrations) {
      if (migration.version <= version) continue;
      for (const statement of migration.statements) await this.#run(statement, []);
      await this.#run(`INSERT INTO ${schemaTable} VALUES (now(), $1::int)`, [migration.version]);
      this.#deps.log.info({ version: migration.version }, 'QuestDB: tables made');
    }
    if (this.#isStopped) return;
    this.#isReady = true;
  }

  async #run(text: string, values: readonly Parameter[], limitMs = this.#limits.queryMs): Promise<Row[]> {
    if (this.#isStopped) throw new QuestDbError('QuestDB is not asked', new Error('the process stops'));
    try {
      // On an error, a deadline's among them, the pool drops the connection: it may still be at work.
      const query = { text, values: [...values], query_timeout: limitMs };
      const { rows } = await this.#connections().query<Row>(query);
      return rows;
    } catch (cause) {
      throw new QuestDbError('QuestDB did not answer', cause);
    }
  }

  #connections(): pg.Pool {
    if (this.#pool === null) {
      const types = new pg.TypeOverrides();
      types.setTypeParser(int8Oid, safeInteger);
      this.#pool = new pg.Pool({
        connectionString: this.#deps.pgUrl,
        application_name: 'energy-ledger',
        max: this.#limits.connections,
        connectionTimeoutMillis: this.#limits.connectMs,
        query_timeout: this.#limits.queryMs,
        keepAlive: true,
        types,
      });
      // A connection that breaks while it is idle; the pool drops it and makes another when it is needed.
      this.#pool.on('error', (error) => this.#deps.log.debug({ err: error }, 'QuestDB closed a connection'));
    }
    return this.#pool;
  }
}
