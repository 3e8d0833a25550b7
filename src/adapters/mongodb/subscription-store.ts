import type { SubscriptionState, SubscriptionStore } from '../../recording/sync-log.ts';
import type { Documents } from './documents.ts';

/** Keeps the names that it was first stored with. */
type SubscriptionDocument = Omit<SubscriptionState, 'complete'> & {
  readonly _id: string;
  readonly complete?: { readonly untilUs: number; readonly entityIds: readonly string[] } | null;
};

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
    const { _id, complete, ...state } = found;
    if (complete === undefined) return state;
    if (complete === null) return { ...state, complete };
    return { ...state, complete: { endUs: complete.untilUs, entityIds: complete.entityIds } };
  }

  async save({ complete, ...state }: SubscriptionState): Promise<void> {
    const document = {
      ...state,
      ...(complete !== undefined && {
        complete: complete && { untilUs: complete.endUs, entityIds: complete.entityIds },
      }),
    };
    await this.#documents.ask<SubscriptionDocument, unknown>(subscriptionCollection, (states) =>
      states.replaceOne({ _id: onlyId }, document, { upsert: true }),
    );
  }
}
