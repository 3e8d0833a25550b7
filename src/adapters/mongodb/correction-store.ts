import type { Collection } from 'mongodb';
import type {
  AmountCorrection,
  Correction,
  CorrectionStore,
  ExchangeCorrection,
  ExclusionCorrection,
} from '../../ledger/evidence/correction.ts';
import { DocumentVersion, type Stored } from './document-version.ts';
import type { Documents } from './documents.ts';

/** Keeps the names that corrections were first stored with, and the last instant of an exclusion. */
type CorrectionFields =
  | Omit<ExchangeCorrection, 'correctionId'>
  | Spanning<ExclusionCorrection>
  | Spanning<AmountCorrection>;
type CorrectionDocument = Stored<CorrectionFields>;
type Spanning<T> = Omit<T, 'correctionId' | 'startUs' | 'endUs'> & {
  readonly fromUs: number;
  readonly untilUs: number;
};

/** An exchange as programs before corrections stored it, in a collection of its own. */
type OldExchange = { readonly _id: string; readonly isCarriedOver?: boolean } & Omit<
  ExchangeCorrection,
  'correctionId' | 'kind' | 'ticketId'
>;

const collection = 'corrections';
const version = new DocumentVersion<CorrectionFields>(collection);
const oldCollection = 'meterExchanges';

/** A handful of documents, read as a whole. */
export class MongoCorrectionStore implements CorrectionStore {
  readonly #documents: Pick<Documents, 'ask'>;
  #carrying: Promise<void> | null = null;

  constructor(documents: Pick<Documents, 'ask'>) {
    this.#documents = documents;
  }

  async of(entityId: string): Promise<Correction[]> {
    const found = await this.#ask(async (corrections) =>
      (await corrections.find({ entityId }).toArray()).map(correctionFrom),
    );
    return found.sort((a, b) => startOf(a) - startOf(b));
  }

  async find(correctionId: string): Promise<Correction | null> {
    return this.#ask(async (corrections) => {
      const found = await corrections.findOne({ _id: correctionId });
      return found && correctionFrom(found);
    });
  }

  async add(correction: Correction): Promise<void> {
    const _id = correction.correctionId;
    const document = version.stamped(fieldsOf(correction));
    await this.#ask((corrections) => corrections.replaceOne({ _id }, document, { upsert: true }));
  }

  async remove(correctionId: string): Promise<boolean> {
    const { deletedCount } = await this.#ask((corrections) => corrections.deleteOne({ _id: correctionId }));
    return deletedCount > 0;
  }

  async #ask<R>(question: (corrections: Collection<CorrectionDocument>) => Promise<R>): Promise<R> {
    this.#carrying ??= this.#carryOver().catch((error: unknown) => {
      this.#carrying = null;
      throw error;
    });
    await this.#carrying;
    return this.#corrections(question);
  }

  #corrections<R>(question: (corrections: Collection<CorrectionDocument>) => Promise<R>): Promise<R> {
    return this.#documents.ask<CorrectionDocument, R>(collection, question);
  }

  /** Copied, then marked, so that one that is taken back afterwards does not return with the next start. */
  async #carryOver(): Promise<void> {
    const ask = <R>(question: (exchanges: Collection<OldExchange>) => Promise<R>) =>
      this.#documents.ask<OldExchange, R>(oldCollection, question);
    for (const old of await ask((exchanges) => exchanges.find({}).toArray())) {
      const { _id, isCarriedOver, ...exchange } = old;
      if (isCarriedOver === true) continue;
      const correction = version.stamped({ kind: 'exchange', ticketId: null, ...exchange } as const);
      await this.#corrections((corrections) => corrections.replaceOne({ _id }, correction, { upsert: true }));
      await ask((exchanges) => exchanges.updateOne({ _id }, { $set: { isCarriedOver: true } }));
    }
  }
}

function fieldsOf({ correctionId: _, ...correction }: Correction): CorrectionFields {
  if (correction.kind === 'exchange') return correction;
  const { startUs, endUs, ...rest } = correction;
  return { ...rest, fromUs: startUs, untilUs: rest.kind === 'exclusion' ? endUs - 1 : endUs };
}

function correctionFrom(stored: CorrectionDocument): Correction {
  const { _id, ...document } = version.read(stored);
  if (document.kind === 'exchange') return { correctionId: _id, ...document };
  const { fromUs, untilUs, ...rest } = document;
  return {
    correctionId: _id,
    ...rest,
    startUs: fromUs,
    endUs: rest.kind === 'exclusion' ? untilUs + 1 : untilUs,
  };
}

function startOf(correction: Correction): number {
  return correction.kind === 'exchange' ? correction.atUs : correction.startUs;
}
