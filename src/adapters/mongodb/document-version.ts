/** Schema versions of documents: a document is written in today's version, and an older one is read through migrations. */

/** A newer program wrote the document: reading it as ours could lose or misread what it says. */
export class NewerDocumentError extends Error {
  override name = 'NewerDocumentError';
  readonly collection: string;

  constructor(collection: string, id: string, schemaVersion: number, current: number) {
    super(
      `The document ${id} of ${collection} has schema version ${schemaVersion}, and this program reads up to ${current}: a newer Energy Ledger wrote it, start that one`,
    );
    this.collection = collection;
  }
}

interface Identified {
  readonly _id: string;
}

/** A document as its collection has it; one without a version is of version 1. */
export type Stored<Fields> = Fields & Identified & { readonly schemaVersion?: number };

export class DocumentVersion<Today extends object> {
  readonly #collection: string;
  readonly #migrations: readonly ((older: never) => object)[];

  /**
   * @param migrations the first makes version 2 of a document of version 1, and so on; each gets and gives the fields
   * without `schemaVersion`
   */
  constructor(collection: string, migrations: readonly ((older: never) => object)[] = []) {
    this.#collection = collection;
    this.#migrations = migrations;
  }

  /** The fields to write. */
  stamped<Fields extends Omit<Today, '_id'>>(fields: Fields): Fields & { readonly schemaVersion: number } {
    return { ...fields, schemaVersion: this.#migrations.length + 1 };
  }

  /**
   * The document as today's version has it. Throws a NewerDocumentError when it is of a version after that. Called within
   * `Documents.ask`, which logs that.
   */
  read({ schemaVersion = 1, ...stored }: Stored<unknown>): Today & Identified {
    const current = this.#migrations.length + 1;
    if (schemaVersion > current)
      throw new NewerDocumentError(this.#collection, stored._id, schemaVersion, current);
    const migrated = this.#migrations
      .slice(schemaVersion - 1)
      .reduce<object>((older, migrate) => migrate(older as never), stored);
    return migrated as Today & Identified;
  }
}
