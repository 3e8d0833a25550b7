import type { Collection } from 'mongodb';
import type { GridConnection } from '../../home/grid-connection.ts';
import type { GridConnectionStore } from '../../home/grid-connection-store.ts';
import { DocumentVersion, type Stored } from './document-version.ts';
import type { Documents } from './documents.ts';

type ConnectionFields = Omit<GridConnection, 'connectionId'>;

const collection = 'gridConnections';
const version = new DocumentVersion<ConnectionFields>(collection);

/** A handful at most: all are read as a whole. */
export class MongoGridConnectionStore implements GridConnectionStore {
  readonly #documents: Pick<Documents, 'ask'>;

  constructor(documents: Pick<Documents, 'ask'>) {
    this.#documents = documents;
  }

  async all(): Promise<GridConnection[]> {
    const found = await this.#ask(async (connections) =>
      (await connections.find({}).toArray()).map((document) => version.read(document)),
    );
    return found
      .map(({ _id, ...rest }) => ({ connectionId: _id, ...rest }))
      .sort((a, b) => a.createdAtUs - b.createdAtUs);
  }

  async add({ connectionId, ...rest }: GridConnection): Promise<void> {
    const document = version.stamped(rest);
    await this.#ask((connections) =>
      connections.replaceOne({ _id: connectionId }, document, { upsert: true }),
    );
  }

  async remove(connectionId: string): Promise<boolean> {
    const { deletedCount } = await this.#ask((connections) => connections.deleteOne({ _id: connectionId }));
    return deletedCount > 0;
  }

  #ask<R>(question: (connections: Collection<Stored<ConnectionFields>>) => Promise<R>): Promise<R> {
    return this.#documents.ask<Stored<ConnectionFields>, R>(collection, question);
  }
}
