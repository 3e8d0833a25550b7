import { type Collection, MongoServerError } from 'mongodb';
import type { SettingsStore } from '../../home/settings-store.ts';
import type { Documents } from './documents.ts';

/** The value is JSON text: FerretDB refuses names with a dot or a dollar sign, and a value of ours may have them. */
export interface SettingDocument {
  readonly _id: string;
  readonly json: string;
  readonly updatedAtUs: number;
  /** Goes up with each write; absent in those of programs before it. */
  readonly revision?: number;
}

export const settingsCollection = 'settings';

const duplicateKey = 11000;
/** Only writes that were given up may come in between, and each does so once. */
const triesLimit = 10;

/**
 * Small values, of which the one that was set last stands. A write that was given up at its deadline may still be done
 * later, also one of a process that died: it has an older revision by then, and changes nothing.
 */
export class MongoSettingsStore implements SettingsStore {
  readonly #documents: Pick<Documents, 'ask'>;
  /** How many were set of each key, by which a call knows whether it is the last. */
  readonly #sets = new Map<string, number>();

  constructor(documents: Pick<Documents, 'ask'>) {
    this.#documents = documents;
  }

  /** Undefined when it was never set. */
  async get(key: string): Promise<unknown> {
    const found = await this.#find(key);
    return found === null ? undefined : JSON.parse(found.json);
  }

  async set(key: string, value: unknown, atUs: number): Promise<void> {
    const json = JSON.stringify(value);
    // The text of undefined is no text; it would come back as something else.
    if (json === undefined) throw new TypeError(`The setting ${key} has no value that JSON can hold`);
    const place = (this.#sets.get(key) ?? 0) + 1;
    this.#sets.set(key, place);
    for (let tries = 0; tries < triesLimit; tries += 1) {
      const found = await this.#find(key);
      const revision = (found?.revision ?? 0) + 1;
      const document: SettingDocument = { _id: key, json, updatedAtUs: atUs, revision };
      const isWritten = await this.#documents.ask<SettingDocument, boolean>(settingsCollection, (settings) =>
        replaceOlder(settings, document),
      );
      // What was set after it is newer, whichever of the two came first.
      if (isWritten || this.#sets.get(key) !== place) return;
    }
    throw new Error(`The setting ${key} was changed by others all the while`);
  }

  async all(): Promise<Record<string, unknown>> {
    const found = await this.#documents.ask<SettingDocument, SettingDocument[]>(
      settingsCollection,
      (settings) => settings.find({}).toArray(),
    );
    return Object.fromEntries(found.map(({ _id, json }) => [_id, JSON.parse(json)]));
  }

  #find(key: string): Promise<SettingDocument | null> {
    return this.#documents.ask<SettingDocument, SettingDocument | null>(settingsCollection, (settings) =>
      settings.findOne({ _id: key }),
    );
  }
}

/** @returns false when one of this revision or a newer one is there, which then stays */
async function replaceOlder(
  settings: Collection<SettingDocument>,
  { _id, ...rest }: SettingDocument,
): Promise<boolean> {
  const older = { _id, revision: { $not: { $gte: rest.revision ?? 0 } } };
  try {
    await settings.replaceOne(older, rest, { upsert: true });
    return true;
  } catch (cause) {
    // It is not older, so that the server would have added another of this key.
    if (cause instanceof MongoServerError && cause.code === duplicateKey) return false;
    throw cause;
  }
}
