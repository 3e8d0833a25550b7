import type { Collection } from 'mongodb';
import type { SyncLog, SyncRun } from '../../recording/sync-log.ts';
import { DocumentVersion, type Stored } from './document-version.ts';
import type { Documents } from './documents.ts';

type SyncFields = Omit<SyncRun, 'syncId'>;

const syncCollection = 'syncLog';
const version = new DocumentVersion<SyncFields>(syncCollection);
const newestFirst = { startedAtUs: -1, _id: -1 } as const;

export class MongoSyncLog implements SyncLog {
  readonly #documents: Pick<Documents, 'ask'>;
  readonly #runsKept: number;

  constructor(documents: Pick<Documents, 'ask'>, runsKept = 500) {
    this.#documents = documents;
    this.#runsKept = runsKept;
  }

  async save(run: SyncRun): Promise<void> {
    const { syncId, ...rest } = run;
    const { upsertedCount } = await this.#ask((runs) =>
      runs.replaceOne({ _id: syncId }, version.stamped(rest), { upsert: true }),
    );
    if (upsertedCount > 0) await this.#prune();
  }

  async find(syncId: string): Promise<SyncRun | null> {
    return this.#ask(async (runs) => {
      const found = await runs.findOne({ _id: syncId });
      return found && syncRun(found);
    });
  }

  async recent(limit: number): Promise<SyncRun[]> {
    // A limit of 0 would be none.
    if (limit < 1) return [];
    return this.#ask(async (runs) =>
      (await runs.find({}).sort(newestFirst).limit(limit).toArray()).map(syncRun),
    );
  }

  async #prune(): Promise<void> {
    const surplus = await this.#ask((runs) => runs.find({}).sort(newestFirst).skip(this.#runsKept).toArray());
    if (surplus.length === 0) return;
    await this.#ask((runs) => runs.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } }));
  }

  #ask<R>(question: (runs: Collection<Stored<SyncFields>>) => Promise<R>): Promise<R> {
    return this.#documents.ask<Stored<SyncFields>, R>(syncCollection, question);
  }
}

function syncRun(document: Stored<SyncFields>): SyncRun {
  const { _id, ...rest } = version.read(document);
  return { syncId: _id, ...rest };
}
