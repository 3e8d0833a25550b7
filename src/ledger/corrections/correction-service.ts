import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { Worker } from '../../runtime/worker.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { LedgerDraft } from '../entries/ledger-draft.ts';
import type { LedgerStore } from '../entries/ledger-store.ts';
import type { Meter } from '../entries/meter.ts';
import { type Correction, type CorrectionStore, correctedInterval } from '../evidence/correction.ts';
import type { CorrectionChanges, CorrectionOutcome, Corrections } from '../evidence/corrections.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { PostingWorker } from '../posting/posting-worker.ts';
import { type RepostingRules, repost, usualRules } from '../posting/reposting.ts';
import { refusalOf } from './correction-rules.ts';
import { quantityIn } from './quantity-in.ts';

/** The interval of a correction that was declared or removed, and may not be posted yet. */
export interface UnpostedCorrection extends Interval {
  readonly entityId: string;
}

interface CorrectionServiceDeps {
  readonly corrections: CorrectionStore;
  /** Evidence with these corrections in place of the stored ones. */
  readonly evidenceWith: (corrections: readonly Correction[]) => EvidenceSource;
  readonly ledger: LedgerStore;
  readonly postingWorker: Pick<PostingWorker, 'markDirty' | 'settle'>;
  /** The meter of a tracked entity; null when it has no ledger. */
  readonly meterOf: (entityId: string) => Meter | null;
  /** Survives a crash, because the store of corrections does not record what was posted. */
  readonly unposted: {
    load(): Promise<readonly UnpostedCorrection[]>;
    save(unposted: readonly UnpostedCorrection[]): Promise<void>;
  };
  readonly heldUntil: (entityId: string) => number | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Declares and removes corrections, one at a time. */
export class CorrectionService implements Corrections {
  readonly #deps: CorrectionServiceDeps;
  readonly #rules: RepostingRules;
  readonly #worker: Worker;
  #unposted: readonly UnpostedCorrection[] | null = null;
  /** The reported figures must be the written ones, so nothing else may be declared in between. */
  readonly #mutex = new Mutex();

  constructor(deps: CorrectionServiceDeps, everyMs = 15_000, rules: RepostingRules = usualRules) {
    this.#deps = deps;
    this.#rules = rules;
    const failure = 'A correction could not be posted';
    const work = () => this.#mutex.run(() => this.#postUnposted());
    this.#worker = new Worker({ work, failure, log: deps.log }, everyMs);
  }

  /** Posts corrections that an earlier process declared and did not post. */
  start(): void {
    this.#worker.start();
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
    await this.#mutex.idle();
  }

  of(entityId: string): Promise<Correction[]> {
    return this.#deps.corrections.of(entityId);
  }

  preview(asked: Correction | { readonly takeBack: string }): Promise<CorrectionOutcome> {
    return this.#mutex.run(async () => {
      if (!('takeBack' in asked)) return (await this.#refusal(asked)) ?? (await this.#changed(asked, true));
      const found = await this.#deps.corrections.find(asked.takeBack);
      return found === null ? { kind: 'unknown' } : this.#changed(found, false);
    });
  }

  apply(correction: Correction): Promise<CorrectionOutcome> {
    return this.#mutex.run(async () => {
      const refusal = await this.#refusal(correction);
      if (refusal !== null) return refusal;
      const outcome = await this.#changed(correction, true);
      await this.#carryOut(correction, () => this.#deps.corrections.add(correction));
      return outcome;
    });
  }

  takeBack(correctionId: string): Promise<CorrectionOutcome> {
    return this.#mutex.run(async () => {
      const found = await this.#deps.corrections.find(correctionId);
      if (found === null) return { kind: 'unknown' };
      const outcome = await this.#changed(found, false);
      await this.#carryOut(found, () => this.#deps.corrections.remove(correctionId));
      return outcome;
    });
  }

  /**
   * Copies a renamed meter's corrections to its new id, under the same correction ids, so that they can still be
   * removed. May be repeated. Posting resolves contradictions with corrections of the new id.
   * @returns how many were copied
   */
  carry(oldId: string, newId: string): Promise<number> {
    return this.#mutex.run(async () => {
      const declared = await this.#deps.corrections.of(oldId);
      for (const correction of declared) {
        const carried: Correction = { ...correction, entityId: newId };
        await this.#carryOut(carried, () => this.#deps.corrections.add(carried));
      }
      return declared.length;
    });
  }

  /**
   * Excludes the readings of an id until `lastUs`, because another meter has it since; they count under the id that the
   * meter before has now. May be repeated.
   */
  excludeUntil(entityId: string, lastUs: number): Promise<void> {
    return this.#mutex.run(async () => {
      const exclusion: Correction = {
        ...{
          kind: 'exclusion',
          correctionId: `taken-over-${entityId}-${lastUs}`,
          entityId,
          startUs: 0,
          endUs: lastUs + 1,
        },
        notes:
          'Another entity of Home Assistant has this id since; earlier readings belong to the entity before it.',
        ...{ createdAtUs: this.#deps.clock.nowUs(), ticketId: null },
      };
      await this.#carryOut(exclusion, () => this.#deps.corrections.add(exclusion));
    });
  }

  async #refusal(correction: Correction): Promise<CorrectionOutcome | null> {
    const { corrections, meterOf, clock } = this.#deps;
    const others = without(await corrections.of(correction.entityId), correction);
    return refusalOf(correction, meterOf(correction.entityId), others, clock.nowUs());
  }

  /** Saves the unposted interval first, so that a process that dies in between posts it after its restart. */
  async #carryOut(correction: Correction, change: () => Promise<unknown>): Promise<void> {
    const { postingWorker, unposted } = this.#deps;
    const { entityId } = correction;
    const known = await this.#loadUnposted();
    this.#unposted = [...known, { entityId, ...correctedInterval(correction) }];
    await unposted.save(this.#unposted);
    await change();
    postingWorker.markDirty(entityId, correctedInterval(correction), 'corrected');
    await postingWorker.settle();
    await this.#save(known);
  }

  async #postUnposted(): Promise<void> {
    const { postingWorker, meterOf } = this.#deps;
    const known = await this.#loadUnposted();
    const ready = known.filter(({ entityId }) => meterOf(entityId) !== null);
    if (ready.length === 0) return;
    for (const { entityId, ...span } of ready) postingWorker.markDirty(entityId, span, 'corrected');
    await postingWorker.settle();
    await this.#save(known.filter((one) => !ready.includes(one)));
  }

  async #loadUnposted(): Promise<readonly UnpostedCorrection[]> {
    this.#unposted ??= await this.#deps.unposted.load();
    return this.#unposted;
  }

  async #save(unposted: readonly UnpostedCorrection[]): Promise<void> {
    await this.#deps.unposted.save(unposted);
    this.#unposted = unposted;
  }

  /** Returns what posting would change with or without the correction; writes nothing but what was waiting. */
  async #changed(correction: Correction, isDeclared: boolean): Promise<CorrectionOutcome> {
    const { corrections, evidenceWith, ledger, postingWorker, meterOf, clock } = this.#deps;
    const { entityId } = correction;
    const span = correctedInterval(correction);
    // An answer without changes names the instants that were declared.
    const declaredSpan = { startUs: span.startUs, endUs: span.endUs - 1 };
    const none: CorrectionChanges = {
      entries: 0,
      quantityBeforeMicro: null,
      quantityAfterMicro: null,
      ...declaredSpan,
    };
    const meter = meterOf(entityId);
    if (meter === null) return { kind: 'changed', changes: none };
    await postingWorker.settle();
    const declared = await corrections.of(entityId);
    const others = without(declared, correction);
    // Both drafts see the same present, or the running quarter-hour would seem to change.
    const nowUs = clock.nowUs();
    const heldUntilUs = this.#deps.heldUntil(entityId);
    const draft = async (over: LedgerStore, list: readonly Correction[]): Promise<LedgerDraft> => {
      const drafted = new LedgerDraft(over);
      const deps = {
        evidence: evidenceWith(list),
        ledger: drafted,
        clock: { nowUs: () => nowUs, monotonicMs: () => clock.monotonicMs() },
        heldUntil: () => heldUntilUs,
      };
      await repost(deps, this.#rules, meter, { ...span, cause: 'corrected' });
      return drafted;
    };
    const before = await draft(ledger, declared);
    const after = await draft(before, isDeclared ? [...others, correction] : others);
    const written = after.written(entityId);
    const [first, last] = [written[0], written.at(-1)];
    if (first === undefined || last === undefined)
      return {
        kind: 'changed',
        changes: { ...none, ...(await sums(before, after, entityId, declaredSpan)) },
      };
    const changed = { startUs: first.quarterHourStartUs, endUs: last.quarterHourStartUs + quarterHourUs };
    const quantities = await sums(before, after, entityId, changed);
    return { kind: 'changed', changes: { entries: written.length, ...quantities, ...changed } };
  }
}

function without(corrections: readonly Correction[], correction: Correction): Correction[] {
  return corrections.filter(({ correctionId }) => correctionId !== correction.correctionId);
}

async function sums(before: LedgerStore, after: LedgerStore, entityId: string, span: Interval) {
  return {
    quantityBeforeMicro: await quantityIn(before, entityId, span),
    quantityAfterMicro: await quantityIn(after, entityId, span),
  };
}
