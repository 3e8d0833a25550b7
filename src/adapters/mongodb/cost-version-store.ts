import type { Collection } from 'mongodb';
import type { CostVersionStore } from '../../tariffs/cost-version-store.ts';
import type { CostVersion } from '../../tariffs/cost-versions.ts';
import { DocumentVersion, type Stored } from './document-version.ts';
import type { Documents } from './documents.ts';

type CostFields = Omit<CostVersion, 'costVersionId'>;

const collection = 'costVersions';
const version = new DocumentVersion<CostFields>(collection);

/** A home changes its prices some times a year: all versions are read as a whole. */
export class MongoCostVersionStore implements CostVersionStore {
  readonly #documents: Pick<Documents, 'ask'>;

  constructor(documents: Pick<Documents, 'ask'>) {
    this.#documents = documents;
  }

  async all(): Promise<CostVersion[]> {
    const found = await this.#ask(async (versions) =>
      (await versions.find({}).toArray()).map((document) => version.read(document)),
    );
    return found
      .map(({ _id, ...rest }) => ({ costVersionId: _id, ...rest }))
      .sort((a, b) => a.effectiveFromUs - b.effectiveFromUs);
  }

  async add({ costVersionId, ...rest }: CostVersion): Promise<void> {
    const document = version.stamped(rest);
    await this.#ask((versions) => versions.replaceOne({ _id: costVersionId }, document, { upsert: true }));
  }

  async remove(costVersionId: string): Promise<boolean> {
    const { deletedCount } = await this.#ask((versions) => versions.deleteOne({ _id: costVersionId }));
    return deletedCount > 0;
  }

  #ask<R>(question: (versions: Collection<Stored<CostFields>>) => Promise<R>): Promise<R> {
    return this.#documents.ask<Stored<CostFields>, R>(collection, question);
  }
}
