import type { Collection } from 'mongodb';
import type { GridConnection } from '../../home/grid-connection.ts';
import type { GridConnectionStore } from '../../home/grid-connection-store.ts';
import type { Documents } from './documents.ts';

type ConnectionDocument = Omit<GridConnection, 'connectionId'> & { readonly _id: string };

/** A handful at most: all are read as a whole. */
export class MongoGridConnectionStore implements GridConnectionStore {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async all(): Promise<GridConnection[]> {
    const found = await this.#ask((connections) => connections.find({}).toArray());
    return found
      .map(({ _id, ...rest }) => ({ connectionId: _id, ...rest }))
      .sort((a, b) => a.createdAtUs - b.createdAtUs);
  }

  async add({ connectionId, ...rest }: GridConnection): Promise<void> {
    await this.#ask((connections) => connections.replaceOne({ _id: connectionId }, rest, { upsert: true }));
  }

  async remove(connectionId: string): Promise<boolean> {
    const { deletedCount } = await this.#ask((connections) => connections.deleteOne({ _id: connectionId }));
    return deletedCount > 0;
  }

  #ask<R>(question: (connections: Collection<ConnectionDocument>) => Promise<R>): Promise<R> {
    return this.#documents.ask<ConnectionDocument, R>('gridConnections', question);
  }
}
