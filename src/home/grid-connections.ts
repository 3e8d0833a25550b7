import { Emitter } from '../runtime/emitter.ts';
import type { Log } from '../runtime/log.ts';
import { Mutex } from '../runtime/mutex.ts';
import type { KnownEntity } from './entity.ts';
import { type ConnectionRefusal, type GridConnection, refusalOf, withRenames } from './grid-connection.ts';
import type { GridConnectionStore } from './grid-connection-store.ts';

interface GridConnectionsDeps {
  readonly store: GridConnectionStore;
  readonly home: {
    entity(entityId: string): KnownEntity | null;
    /** Old id → the id it has now. */
    renames(): ReadonlyMap<string, string>;
  };
  readonly log: Log;
}

type AddOutcome = { readonly kind: 'added'; readonly connection: GridConnection } | ConnectionRefusal;

const retryMs = 5000;

/**
 * The connections that the user named, in memory: only this process changes them, and they are known while the
 * document store is away.
 */
export class GridConnections {
  readonly #deps: GridConnectionsDeps;
  readonly #retryMs: number;
  readonly #changes: Emitter;
  #held: readonly GridConnection[] | null = null;
  readonly #mutex = new Mutex();
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;

  constructor(deps: GridConnectionsDeps, everyMs = retryMs) {
    this.#deps = deps;
    this.#retryMs = everyMs;
    this.#changes = new Emitter(deps.log, 'A listener to the grid connections failed');
  }

  /** Reads them as soon as the store answers. */
  start(): void {
    this.#isRunning = true;
    void this.#readAtLast();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    await this.#mutex.idle();
  }

  /** With the present ids of their entities; null before they were read once. */
  known(): readonly GridConnection[] | null {
    const renames = this.#deps.home.renames();
    return this.#held?.map((connection) => withRenames(connection, renames)) ?? null;
  }

  /** Rejects when they were never read and the store is down. */
  async all(): Promise<readonly GridConnection[]> {
    if (this.#held === null) await this.#mutex.run(() => this.#read());
    return this.known() ?? [];
  }

  onChange(listener: () => void): () => void {
    return this.#changes.on(listener);
  }

  /** Rejects when the store is down; it may have been saved all the same. */
  add(wanted: GridConnection): Promise<AddOutcome> {
    return this.#mutex.run(async () => {
      const existing = await this.#read();
      const refusal = refusalOf(wanted, existing, (entityId) => this.#deps.home.entity(entityId));
      if (refusal !== null) return refusal;
      await this.#change(() => this.#deps.store.add(wanted), [...existing, wanted]);
      return { kind: 'added', connection: wanted };
    });
  }

  /** The removed connection; null when there is none of that id. Rejects when the store is down. */
  remove(connectionId: string): Promise<GridConnection | null> {
    return this.#mutex.run(async () => {
      const existing = await this.#read();
      const found = existing.find((one) => one.connectionId === connectionId);
      if (found === undefined) return null;
      const rest = existing.filter((one) => one !== found);
      await this.#change(() => this.#deps.store.remove(connectionId), rest);
      return withRenames(found, this.#deps.home.renames());
    });
  }

  /** A change that failed may have been made all the same: the connections are read again. */
  async #change(write: () => Promise<unknown>, after: readonly GridConnection[]): Promise<void> {
    try {
      await write();
    } catch (cause) {
      this.#held = null;
      this.#readLater();
      throw cause;
    }
    this.#held = after;
    this.#changes.emit();
  }

  async #read(): Promise<readonly GridConnection[]> {
    if (this.#held !== null) return this.#held;
    const held = await this.#deps.store.all();
    this.#held = held;
    this.#changes.emit();
    return held;
  }

  async #readAtLast(): Promise<void> {
    try {
      await this.#mutex.run(() => this.#read());
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'The grid connections are not read yet');
      this.#readLater();
    }
  }

  #readLater(): void {
    if (!this.#isRunning) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#readAtLast(), this.#retryMs);
    this.#timer.unref();
  }
}
