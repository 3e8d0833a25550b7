import type { SettingsStore } from '../../home/settings-store.ts';
import type { Documents } from './documents.ts';

/** The value is JSON text: FerretDB refuses names with a dot or a dollar sign, and a value of ours may have them. */
export interface SettingDocument {
  readonly _id: string;
  readonly json: string;
  readonly updatedAtUs: number;
}

export const settingsCollection = 'settings';

export class MongoSettingsStore implements SettingsStore {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Undefined when it was never set. */
  async get(key: string): Promise<unknown> {
    const found = await this.#documents.ask<SettingDocument, SettingDocument | null>(
      settingsCollection,
      (settings) => settings.findOne({ _id: key }),
    );
    return found === null ? undefined : JSON.parse(found.json);
  }

  async set(key: string, value: unknown, atUs: number): Promise<void> {
    const json = JSON.stringify(value);
    // The text of undefined is no text; it would come back as something else.
    if (json === undefined) throw new TypeError(`The setting ${key} has no value that JSON can hold`);
    await this.#documents.ask<SettingDocument, unknown>(settingsCollection, (settings) =>
      settings.replaceOne({ _id: key }, { json, updatedAtUs: atUs }, { upsert: true }),
    );
  }

  async all(): Promise<Record<string, unknown>> {
    const found = await this.#documents.ask<SettingDocument, SettingDocument[]>(
      settingsCollection,
      (settings) => settings.find({}).toArray(),
    );
    return Object.fromEntries(found.map(({ _id, json }) => [_id, JSON.parse(json)]));
  }
}
