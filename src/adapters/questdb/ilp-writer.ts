import http from 'node:http';
import https from 'node:https';
import { Sender } from '@questdb/nodejs-client';
import { withDeadline } from '../../runtime/deadline.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { type IlpAddress, senderOptions } from './address.ts';
import { QuestDbError } from './fault.ts';

export interface IlpWriterLimits {
  /** From the first byte of a flush to its answer. */
  readonly flushMs: number;
  /** Rows in one flush, which is one request and one commit. */
  readonly flushRows: number;
  /** Writes under way or waiting their turn; more are refused. */
  readonly writes: number;
}

export const defaultIlpLimits: IlpWriterLimits = { flushMs: 10_000, flushRows: 5000, writes: 32 };

/** Rows of some hundred bytes; a batch of the longest rows that are allowed stays below. */
const bufferBytes = 16 * 1024 * 1024;

export interface IlpWriterDeps {
  readonly address: IlpAddress;
  /** Resolves when the tables are there. Rejects when QuestDB is away. */
  readonly prepared: () => Promise<void>;
  /** Why writes are refused now; null when they are accepted. */
  readonly held: () => string | null;
  /** Called when rows could not be written. */
  readonly onFailure: () => void;
}

/** Puts one item into the buffer as one row. May not flush. */
type PutRow<T> = (sender: Sender, item: T) => Promise<void>;

/**
 * Writes rows by ILP over HTTP, one flush after another. A flush that is acknowledged is durable; one that failed may
 * have been stored all the same, so rows must be such that writing them twice changes nothing.
 */
export class IlpWriter {
  readonly #deps: IlpWriterDeps;
  readonly #limits: IlpWriterLimits;
  #open: { readonly sender: Sender; readonly agent: http.Agent } | null = null;
  readonly #mutex = new Mutex();
  #isClosed = false;

  constructor(deps: IlpWriterDeps, limits: IlpWriterLimits) {
    this.#deps = deps;
    this.#limits = limits;
  }

  /**
   * Resolves when all rows are durable. Never makes a table: the schema comes first. Rejects with a QuestDbError; the
   * flushes before the failed one are stored.
   */
  async write<T>(items: readonly T[], put: PutRow<T>): Promise<void> {
    const held = this.#deps.held();
    if (held !== null) throw new QuestDbError('Nothing is written', new Error(held));
    await this.#deps.prepared();
    try {
      const waiting = this.#mutex.size();
      if (waiting >= this.#limits.writes)
        throw new QuestDbError('Not written', new Error(`${waiting} writes wait already`));
      await this.#mutex.run(() => this.#writeAll(items, put));
    } catch (error) {
      this.#deps.onFailure();
      throw error;
    }
  }

  /** Aborts the request under way. */
  close(): void {
    this.#isClosed = true;
    this.#discard();
  }

  async #writeAll<T>(items: readonly T[], put: PutRow<T>): Promise<void> {
    for (let start = 0; start < items.length; start += this.#limits.flushRows)
      await this.#flush(items.slice(start, start + this.#limits.flushRows), put);
  }

  async #flush<T>(items: readonly T[], put: PutRow<T>): Promise<void> {
    if (this.#isClosed) throw new QuestDbError('Not written', new Error('the writer is closed'));
    const { flushMs } = this.#limits;
    try {
      const sender = this.#sender();
      for (const item of items) await put(sender, item);
      // The client's own limits do not hold when the server dies or hangs in the middle of a request.
      await withDeadline(sender.flush(), flushMs, 'The flush');
    } catch (cause) {
      // Rows may be left in the buffer and a request under way: neither may meet the next batch.
      this.#discard();
      throw new QuestDbError(`${items.length} rows not written`, cause);
    }
  }

  #sender(): Sender {
    if (this.#open === null) {
      const { address } = this.#deps;
      const agent = new (address.isSecure ? https : http).Agent({ keepAlive: true, maxSockets: 1 });
      const limits = { requestMs: this.#limits.flushMs, bufferBytes };
      this.#open = { sender: new Sender(senderOptions(address, limits, agent)), agent };
    }
    return this.#open.sender;
  }

  #discard(): void {
    this.#open?.agent.destroy();
    this.#open = null;
  }
}
