import { type Collection, type Db, type Document, MongoClient } from 'mongodb';
import { withDeadline } from '../../runtime/deadline.ts';
import type { Log } from '../../runtime/log.ts';
import { NewerDocumentError } from './document-version.ts';

/**
 * The document store did not do what was asked, or it is not known whether it did. The cause is the driver's own
 * error.
 */
class DocumentStoreError extends Error {
  override name = 'DocumentStoreError';

  constructor(cause: unknown) {
    super(
      `The document store did not answer: ${cause instanceof Error ? cause.message || cause.name : cause}`,
      {
        cause,
      },
    );
  }
}

interface DocumentsDeps {
  /** `mongodb://[user:password@]host[:port][/database][?…]`; the database is energy_ledger when none is given. */
  readonly url: string;
  readonly log: Log;
}

export interface DocumentsLimits {
  readonly connections: number;
  /** To find a server that accepts the call. */
  readonly selectMs: number;
  /** For one call, including the search for a server. */
  readonly callMs: number;
  readonly checkMs: number;
}

const defaultDocumentsLimits: DocumentsLimits = {
  connections: 4,
  selectMs: 5000,
  callMs: 10_000,
  checkMs: 3000,
};

const defaultDatabase = 'energy_ledger';

/**
 * The only connection to the document store, MongoDB or a server of its protocol. Uses only calls that both FerretDB
 * 1 and MongoDB know. A document's key is always `_id`: the bundled server scans the collection for any other
 * condition.
 */
export class Documents {
  readonly #deps: DocumentsDeps;
  readonly #limits: DocumentsLimits;
  #opening: Promise<MongoClient> | null = null;
  #isStopped = false;
  readonly #refusedCollections = new Set<string>();

  constructor(deps: DocumentsDeps, limits: Partial<DocumentsLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultDocumentsLimits, ...limits };
  }

  /** Calls under way are cut off. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const opening = this.#opening;
    this.#opening = null;
    const closed = opening?.then((client) => client.close(true));
    // A server that hangs must not delay the stop.
    await withDeadline(closed ?? Promise.resolve(), this.#limits.checkMs, 'Closing').catch((error: unknown) =>
      this.#deps.log.debug({ err: error }, 'The connection to the document store was left open'),
    );
  }

  /** For the status page. Rejects with a DocumentStoreError when it does not answer in time. */
  async check(): Promise<void> {
    await this.#ask(this.#limits.checkMs, (db) => db.command({ ping: 1 }));
  }

  /**
   * Asks with a deadline. Rejects with a DocumentStoreError, a write may have been done all the same; or with the
   * question's NewerDocumentError.
   */
  ask<T extends Document, R>(
    collection: string,
    question: (collection: Collection<T>) => Promise<R>,
  ): Promise<R> {
    return this.#ask(this.#limits.callMs, (db) => question(db.collection<T>(collection)));
  }

  async #ask<R>(limitMs: number, question: (db: Db) => Promise<R>): Promise<R> {
    try {
      // The driver's own limits are for parts of a call; this one is for all of it.
      return await withDeadline(this.#database().then(question), limitMs, 'The call');
    } catch (cause) {
      if (!(cause instanceof NewerDocumentError)) throw new DocumentStoreError(cause);
      this.#logRefused(cause);
      throw cause;
    }
  }

  /** Callers try again, as after an outage, which says nothing: it is logged here, once for each collection. */
  #logRefused(error: NewerDocumentError): void {
    if (this.#refusedCollections.has(error.collection)) return;
    this.#refusedCollections.add(error.collection);
    this.#deps.log.error({}, error.message);
  }

  /** Connects with the first call; a client that is connected finds its server again by itself. */
  async #database(): Promise<Db> {
    if (this.#isStopped) throw new Error('the process stops');
    this.#opening ??= this.#open().catch((error: unknown) => {
      // A client that could not connect says "Topology is closed" for ever after: the next call makes another.
      this.#opening = null;
      throw error;
    });
    const client = await this.#opening;
    // Without a name the driver would take "test".
    const isNamed = /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]/.test(this.#deps.url);
    return client.db(isNamed ? undefined : defaultDatabase);
  }

  async #open(): Promise<MongoClient> {
    const { connections, selectMs, callMs } = this.#limits;
    const client = new MongoClient(this.#deps.url, {
      appName: 'energy-ledger',
      maxPoolSize: connections,
      serverSelectionTimeoutMS: selectMs,
      connectTimeoutMS: selectMs,
      socketTimeoutMS: callMs,
      waitQueueTimeoutMS: callMs,
    });
    try {
      return await client.connect();
    } catch (error) {
      await client.close(true);
      throw error;
    }
  }
}
