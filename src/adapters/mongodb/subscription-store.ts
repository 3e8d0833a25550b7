import type { SubscriptionState, SubscriptionStore } from '../../recording/sync-log.ts';
import { DocumentVersion, type Stored } from './document-version.ts';
import type { Documents } from './documents.ts';

/** Keeps the names that it was first stored with. */
type SubscriptionFields = Omit<SubscriptionState, 'complete'> & {
  readonly complete?: { readonly untilUs: number; readonly entityIds: readonly string[] } | null;
};

type SubscriptionDocument = Stored<SubscriptionFields>;

const subscriptionCollection = 'subscriptionState';
const version = new DocumentVersion<SubscriptionFields>(subscriptionCollection);
const onlyId = 'home-assistant';

export class MongoSubscriptionStore implements SubscriptionStore {
  readonly #documents: Pick<Documents, 'ask'>;

  constructor(documents: Pick<Documents, 'ask'>) {
    this.#documents = documents;
  }

  async load(): Promise<SubscriptionState | null> {
    return this.#documents.ask<SubscriptionDocument, SubscriptionState | null>(
      subscriptionCollection,
      async (states) => {
        const found = await states.findOne({ _id: onlyId });
        return found && stateFrom(found);
      },
    );
  }

  async save({ complete, ...state }: SubscriptionState): Promise<void> {
    const document = version.stamped({
      ...state,
      ...(complete !== undefined && {
        complete: complete && { untilUs: complete.endUs, entityIds: complete.entityIds },
      }),
    });
    await this.#documents.ask<SubscriptionDocument, unknown>(subscriptionCollection, (states) =>
      states.replaceOne({ _id: onlyId }, document, { upsert: true }),
    );
  }
}

function stateFrom(document: SubscriptionDocument): SubscriptionState {
  const { _id, complete, ...state } = version.read(document);
  if (complete === undefined) return state;
  if (complete === null) return { ...state, complete };
  return { ...state, complete: { endUs: complete.untilUs, entityIds: complete.entityIds } };
}
