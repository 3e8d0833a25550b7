import { type Collection, MongoServerError } from 'mongodb';
import type { SettingsStore } from '../../home/settings-store.ts';
import type { Documents } from './documents.ts';

/** The value is JSON text: FerretDB refuses field names with a dot or a dollar sign, and our values may have them. */
export interface SettingDocument {
  readonly _id: string;
  readonly json: string;
  readonly updatedAtUs: number;
  /** Increases with each write; absent in documents of older programs. */
  readonly revision?: number;
}

export const settingsCollection = 'settings';

const duplicateKey = 11000;
/** Only writes that were given up may interfere, and each does so once. */
const triesLimit = 10;

/**
 * Small values; the one that was set last is kept. A write that was given up at its deadline may still be executed
 * later, also one of a process that ended: it has an older revision by then and changes nothing.
 */
export class MongoSettingsStore implements SettingsStore {
  readonly #documents: Pick<Documents, 'ask'>;
  /** How many values were set of each key: a call knows by it whether it is the last. */
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
    // JSON has no text for undefined; it would come back as something else.
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
      // A value set after it is newer, whichever of the two came first.
      if (isWritten || this.#sets.get(key) !== place) return;
    }
    throw new Error(`The setting ${key} was changed by others all the while`);
  }

  #find(key: string): Promise<SettingDocument | null> {
    return this.#documents.ask<SettingDocument, SettingDocument | null>(settingsCollection, (settings) =>
      settings.findOne({ _id: key }),
    );
  }
}

/** @returns false when a document of this revision or a newer one exists, which is kept */
async function replaceOlder(
  settings: Collection<SettingDocument>,
  { _id, ...rest }: SettingDocument,
): Promise<boolean> {
  const older = { _id, revision: { $not: { $gte: rest.revision ?? 0 } } };
  try {
    await settings.replaceOne(older, rest, { upsert: true });
    return true;
  } catch (cause) {
    // It is not older, so the server tried to add another document of this key.
    if (cause instanceof MongoServerError && cause.code === duplicateKey) return false;
    throw cause;
  }
}
