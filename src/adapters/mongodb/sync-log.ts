import type { Collection } from 'mongodb';
import type { SyncLog, SyncRun } from '../../recording/sync-log.ts';
import type { Documents } from './documents.ts';

type SyncDocument = Omit<SyncRun, 'syncId'> & { readonly _id: string };

const syncCollection = 'syncLog';
const newestFirst = { startedAtUs: -1, _id: -1 } as const;

export class MongoSyncLog implements SyncLog {
  readonly #documents: Documents;
  readonly #runsKept: number;

  constructor(documents: Documents, runsKept = 500) {
    this.#documents = documents;
    this.#runsKept = runsKept;
  }

  async save(run: SyncRun): Promise<void> {
    const { syncId, ...rest } = run;
    const { upsertedCount } = await this.#ask((runs) =>
      runs.replaceOne({ _id: syncId }, rest, { upsert: true }),
    );
    if (upsertedCount > 0) await this.#prune();
  }

  async find(syncId: string): Promise<SyncRun | null> {
    const found = await this.#ask((runs) => runs.findOne({ _id: syncId }));
    return found === null ? null : syncRun(found);
  }

  async recent(limit: number): Promise<SyncRun[]> {
    // A limit of 0 would be none.
    if (limit < 1) return [];
    const found = await this.#ask((runs) => runs.find({}).sort(newestFirst).limit(limit).toArray());
    return found.map(syncRun);
  }

  async #prune(): Promise<void> {
    const surplus = await this.#ask((runs) => runs.find({}).sort(newestFirst).skip(this.#runsKept).toArray());
    if (surplus.length === 0) return;
    await this.#ask((runs) => runs.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } }));
  }

  #ask<R>(question: (runs: Collection<SyncDocument>) => Promise<R>): Promise<R> {
    return this.#documents.ask<SyncDocument, R>(syncCollection, question);
  }
}

function syncRun({ _id, ...rest }: SyncDocument): SyncRun {
  return { syncId: _id, ...rest };
}
