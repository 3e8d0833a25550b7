import type { Collection } from 'mongodb';
import type { DeclaredExchange, MeterExchangeStore } from '../../ledger/exchange-store.ts';
import type { Documents } from './documents.ts';

type ExchangeDocument = Omit<DeclaredExchange, 'exchangeId' | 'kind'> & { readonly _id: string };

/** A handful of documents, read as a whole. */
export class MongoMeterExchangeStore implements MeterExchangeStore {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async of(entityId: string): Promise<DeclaredExchange[]> {
    const found = await this.#ask((exchanges) => exchanges.find({ entityId }).toArray());
    return found
      .map(({ _id, ...rest }) => ({ kind: 'exchange' as const, exchangeId: _id, ...rest }))
      .sort((a, b) => a.atUs - b.atUs);
  }

  async add({ exchangeId, kind: _kind, ...rest }: DeclaredExchange): Promise<void> {
    await this.#ask((exchanges) => exchanges.replaceOne({ _id: exchangeId }, rest, { upsert: true }));
  }

  async remove(exchangeId: string): Promise<boolean> {
    const { deletedCount } = await this.#ask((exchanges) => exchanges.deleteOne({ _id: exchangeId }));
    return deletedCount > 0;
  }

  #ask<R>(question: (exchanges: Collection<ExchangeDocument>) => Promise<R>): Promise<R> {
    return this.#documents.ask<ExchangeDocument, R>('meterExchanges', question);
  }
}
