import type { Collection } from 'mongodb';
import type { CostVersionStore } from '../../tariffs/cost-version-store.ts';
import type { CostVersion } from '../../tariffs/cost-versions.ts';
import type { Documents } from './documents.ts';

type CostDocument = Omit<CostVersion, 'costVersionId'> & { readonly _id: string };

/** A home changes its prices some times a year: all versions are read as a whole. */
export class MongoCostVersionStore implements CostVersionStore {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async all(): Promise<CostVersion[]> {
    const found = await this.#ask((versions) => versions.find({}).toArray());
    return found
      .map(({ _id, ...rest }) => ({ costVersionId: _id, ...rest }))
      .sort((a, b) => a.effectiveFromUs - b.effectiveFromUs);
  }

  async add({ costVersionId, ...rest }: CostVersion): Promise<void> {
    await this.#ask((versions) => versions.replaceOne({ _id: costVersionId }, rest, { upsert: true }));
  }

  async remove(costVersionId: string): Promise<boolean> {
    const { deletedCount } = await this.#ask((versions) => versions.deleteOne({ _id: costVersionId }));
    return deletedCount > 0;
  }

  #ask<R>(question: (versions: Collection<CostDocument>) => Promise<R>): Promise<R> {
    return this.#documents.ask<CostDocument, R>('costVersions', question);
  }
}
