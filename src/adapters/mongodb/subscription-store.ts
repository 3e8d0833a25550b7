import type { SubscriptionState, SubscriptionStore } from '../../recording/sync-log.ts';
import type { Documents } from './documents.ts';

type SubscriptionDocument = SubscriptionState & { readonly _id: string };

const subscriptionCollection = 'subscriptionState';
const onlyId = 'home-assistant';

export class MongoSubscriptionStore implements SubscriptionStore {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async load(): Promise<SubscriptionState | null> {
    const found = await this.#documents.ask<SubscriptionDocument, SubscriptionDocument | null>(
      subscriptionCollection,
      (states) => states.findOne({ _id: onlyId }),
    );
    if (found === null) return null;
    const { _id, ...state } = found;
    return state;
  }

  async save(state: SubscriptionState): Promise<void> {
    await this.#documents.ask<SubscriptionDocument, unknown>(subscriptionCollection, (states) =>
      states.replaceOne({ _id: onlyId }, state, { upsert: true }),
    );
  }
}
