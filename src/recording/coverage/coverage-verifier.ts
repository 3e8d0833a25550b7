import { type Interval, isEmpty, subtract, union } from '../../units/interval.ts';
import { minuteUs } from '../../units/durations.ts';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { addStretch, HistoryRefused } from '../backfill/history-copy.ts';
import { addCounts, type CopiedSpan, copySpan, type SpanCopyDeps } from '../backfill/history-span.ts';
import { usualHistoryUs } from '../backfill/history-depth.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import {
  type FoundReadings,
  type VerificationResult,
  type CoverageStore,
  type VerifiedHour,
  type VerificationEnvironment,
  proofHourUs,
  type HoursToVerify,
} from '../coverage-proof.ts';
import type { RecordingEvents } from '../recording-events.ts';
import { WrittenTime } from '../write/written-time.ts';

export interface CoverageVerifierDeps extends SpanCopyDeps {
  readonly proofs: CoverageStore;
  /** Resolves when every reading that was acknowledged can be read. */
  readonly readable: () => Promise<void>;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CoverageVerifierLimits {
  /** An hour is proven when it has been over for so long: Home Assistant writes with a delay. */
  readonly overForUs: number;
  /** An hour of which Home Assistant tells less than we heard is looked at again until it is over for so long. */
  readonly fewerForUs: number;
  /** So far back the clock may have been set while nothing ran. */
  readonly startDoubtUs: number;
  readonly retryMs: number;
}

export const defaultCoverageVerifierLimits: CoverageVerifierLimits = {
  overForUs: 5 * minuteUs,
  fewerForUs: 6 * proofHourUs,
  startDoubtUs: 3 * proofHourUs,
  retryMs: 1000,
};

/** Spans of entities that are noted in one commit: an hour of a home is proven entity by entity. */
const notedTogether = 50;
/** A piece of history is asked for again so often while Home Assistant is away. */
const triesWhileAway = 3;

/**
 * Finds gaps by coverage: an hour of an entity is proven when all that Home Assistant's history has of it was found in
 * the store, and as long as the store holds as many readings of it as then.
 */
export class CoverageVerifier {
  readonly #deps: CoverageVerifierDeps;
  readonly #limits: CoverageVerifierLimits;
  readonly #written: WrittenTime;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: CoverageVerifierDeps, limits: Partial<CoverageVerifierLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultCoverageVerifierLimits, ...limits };
    this.#written = new WrittenTime(deps.clock, this.#limits.overForUs, this.#limits.startDoubtUs);
  }

  /** Until when Home Assistant has surely written what it tells from now on. */
  writtenUntilUs(): number {
    return this.#written.endUs();
  }

  /** How many whole hours of these entities in [startUs, endUs) are not proven. Rejects when the store is down. */
  async unproven(entityIds: readonly string[], startUs: number, endUs: number): Promise<number> {
    const hours = await this.unverifiedHours(entityIds, startUs, endUs);
    return [...hours.values()].reduce((sum, some) => sum + some.length, 0);
  }

  /** The same, by entity: starts of the hours, ascending. Entities of which all is proven are absent. */
  async unverifiedHours(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
  ): Promise<Map<string, number[]>> {
    const { startUs: wholeStartUs, endUs: wholeEndUs } = wholeHours({ startUs, endUs }, this.writtenUntilUs());
    const unproven = new Map<string, number[]>();
    if (wholeStartUs >= wholeEndUs || entityIds.length === 0) return unproven;
    const { proofs } = this.#deps;
    const [proven, held] = await Promise.all([
      proofs.proven(entityIds, wholeStartUs, wholeEndUs),
      proofs.held(entityIds, wholeStartUs, wholeEndUs),
    ]);
    const good = new Map<string, Set<number>>(entityIds.map((entityId) => [entityId, new Set()]));
    for (const hour of proven)
      if (hour.told >= 0 && (held.get(hour.entityId)?.get(hour.hourUs) ?? 0) >= hour.held)
        good.get(hour.entityId)?.add(hour.hourUs);
    for (const [entityId, hours] of good) {
      const missing: number[] = [];
      for (let hourUs = wholeStartUs; hourUs < wholeEndUs; hourUs += proofHourUs)
        if (!hours.has(hourUs)) missing.push(hourUs);
      if (missing.length > 0) unproven.set(entityId, missing);
    }
    return unproven;
  }

  /**
   * Holds the hours of [startUs, endUs) that are not proven against Home Assistant's history; what is missing is recorded.
   * One at a time, whoever asks: what one has proven the next finds proven. Rejects when Home Assistant or the store is
   * away; may be repeated.
   */
  prove(asked: HoursToVerify, environment: VerificationEnvironment): Promise<void> {
    const work = () => this.#proveAll(asked, environment);
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #proveAll({ entityIds, startUs, endUs, isExact }: HoursToVerify, environment: VerificationEnvironment) {
    const { signal, onUnverified, onVerified } = environment;
    if (signal.aborted) return;
    const passedEndUs = Math.min(endUs, this.#deps.clock.nowUs());
    const unproven = await this.unverifiedHours(entityIds, startUs, passedEndUs);
    onUnverified?.(unproven);
    const edges = isExact ? edgesOf({ startUs, endUs: passedEndUs }, this.writtenUntilUs()) : [];
    const copied: CopiedSpan[] = [];
    try {
      for (const entityId of entityIds) {
        const hours = unproven.get(entityId) ?? [];
        if (hours.length === 0 && edges.length === 0) continue;
        const proof = await this.#proveOne(entityId, hours, edges, signal, copied);
        if (signal.aborted) return;
        if (copied.length >= notedTogether) await this.note(copied.splice(0));
        onVerified(entityId, proof);
      }
    } catch (cause) {
      // What was proven until then need not be again; why it ended tells more than that it could not be noted.
      await this.note(copied).catch(() => undefined);
      throw cause;
    }
    await this.note(copied);
  }

  async #proveOne(
    entityId: string,
    missing: readonly number[],
    edges: readonly Interval[],
    signal: AbortSignal,
    toNote: CopiedSpan[],
  ): Promise<VerificationResult> {
    const { recorder } = this.#deps;
    // Everything that was heard until now can be read: what is not there is missing.
    await unlessAborted(recorder.settled(), signal);
    await unlessAborted(this.#deps.readable(), signal);
    const found: FoundReadings[] = [];
    const copied: CopiedSpan[] = [];
    let error: string | null = null;
    for (const span of spansOf(missing, edges)) {
      if (signal.aborted) break;
      const told = new Map<number, number>();
      const writtenUntilUs = this.writtenUntilUs();
      let tries = 0;
      const refused = await copySpan(this.#deps, entityId, span, {
        signal,
        isSettled: true,
        onCopied: (piece) => {
          tries = 0;
          addCounts(told, piece.told);
          for (const stretch of piece.found) addStretch(found, stretch);
        },
        onFailed: async (_message, cause) => {
          tries += 1;
          const isAway = cause instanceof HomeAssistantUnavailable && tries < triesWhileAway;
          if (!isAway && !(cause instanceof HistoryRefused)) throw cause;
          await pause(this.#limits.retryMs * tries, signal);
        },
      });
      error ??= refused;
      if (refused === null && !signal.aborted) copied.push({ entityId, span, writtenUntilUs, told });
    }
    const stretches = found.length === 0 ? [] : await this.#withFirst(entityId, found);
    for (const stretch of stretches) this.#deps.events.tell({ kind: 'found', found: stretch });
    if (!signal.aborted && recorder.tracked().has(entityId)) {
      await unlessAborted(recorder.settled(), signal);
      if (!signal.aborted) toNote.push(...copied);
    }
    return { hours: missing.length, found: stretches, error };
  }

  /**
   * Says of each stretch whether the first fetch fills it: it begins before the first proof, in hours that have none, and
   * before the entity was followed.
   */
  async #withFirst(entityId: string, found: readonly FoundReadings[]): Promise<FoundReadings[]> {
    const hours = await this.#deps.proofs.proven([entityId], 0, Number.MAX_SAFE_INTEGER);
    const firstUs = hours.reduce((us, { verifiedAtUs }) => Math.min(us, verifiedAtUs), Number.MAX_SAFE_INTEGER);
    const isFirst = async (one: FoundReadings): Promise<boolean> => {
      if (one.firstUs >= firstUs) return false;
      if (hours.some(({ hourUs }) => hourUs + proofHourUs > one.firstUs && hourUs <= one.lastUs)) return false;
      return (await this.#deps.readings.before(entityId, one.firstUs))?.origin !== 'stream';
    };
    return await Promise.all(
      found.map(async (one) => ((await isFirst(one)) ? { ...one, isFirst: true } : one)),
    );
  }

  /**
   * Notes the whole hours of spans that were copied from Home Assistant's history, if all of it is in the store. What was
   * recorded of them is durable. Rejects when the store is down.
   */
  async note(copied: readonly CopiedSpan[]): Promise<void> {
    const { proofs, clock, readable } = this.#deps;
    const whole = copied
      .map((one) => ({ ...one, span: wholeHours(one.span, one.writtenUntilUs) }))
      .filter(({ span }) => span.startUs < span.endUs);
    if (whole.length === 0) return;
    await readable();
    const nowUs = clock.nowUs();
    const hours: VerifiedHour[] = [];
    for (const { entityId, span, told } of whole) {
      const [held, before] = await Promise.all([
        proofs.held([entityId], span.startUs, span.endUs),
        proofs.proven([entityId], span.startUs, span.endUs),
      ]);
      const valid = before.filter((hour) => hour.told >= 0);
      const heldBefore = new Map(valid.map((hour) => [hour.hourUs, hour.held]));
      for (let hourUs = span.startUs; hourUs < span.endUs; hourUs += proofHourUs) {
        const hour: VerifiedHour = {
          entityId,
          hourUs,
          told: told.get(hourUs) ?? 0,
          held: held.get(entityId)?.get(hourUs) ?? 0,
          verifiedAtUs: nowUs,
        };
        if (!this.#isProof(hour)) continue;
        hours.push(hour);
        this.#tellLost(hour, heldBefore.get(hourUs) ?? 0);
      }
    }
    if (hours.length > 0) await proofs.note(hours);
  }

  /**
   * Makes proofs void of the hours that end after an instant: the clock was set back to it, and what happens in them from
   * now on was not seen then. So are those proven sooner after their end than the clock had been ahead: by Home Assistant's
   * clock they were not over. Of all entities, for one may be tracked again. Rejects when the store is down.
   */
  async voidSince(sinceUs: number, aheadUs = 0): Promise<void> {
    const { proofs, clock } = this.#deps;
    const nowUs = clock.nowUs();
    const soonUs = aheadUs + this.#limits.overForUs;
    const startUs = aheadUs > 0 ? Math.min(sinceUs, nowUs - usualHistoryUs) : sinceUs;
    const hours = await proofs.proven(
      null,
      Math.floor(startUs / proofHourUs) * proofHourUs,
      Number.MAX_SAFE_INTEGER,
    );
    const voided = hours
      .filter(({ told, hourUs, verifiedAtUs }) => {
        const endUs = hourUs + proofHourUs;
        return told >= 0 && (endUs > sinceUs || (aheadUs > 0 && verifiedAtUs - endUs < soonUs));
      })
      .map((hour): VerifiedHour => ({ ...hour, told: -1, held: 0, verifiedAtUs: nowUs }));
    if (voided.length > 0) await proofs.note(voided);
  }

  #isProof({ told, held, hourUs, verifiedAtUs }: VerifiedHour): boolean {
    if (told > held) return false;
    // It may still be at writing what it told us.
    return told === held || hourUs + proofHourUs + this.#limits.fewerForUs <= verifiedAtUs;
  }

  #tellLost({ entityId, hourUs, held }: VerifiedHour, heldBefore: number): void {
    if (held >= heldBefore) return;
    this.#deps.log.error({ entity: entityId, hourUs, heldBefore, held }, 'the store lost readings for good');
    this.#deps.events.tell({ kind: 'lost', entityId, hourUs, heldBefore, held });
  }
}

/** Those within a span that were over at an instant. */
function wholeHours({ startUs, endUs }: Interval, overUs: number): Interval {
  return {
    startUs: Math.ceil(startUs / proofHourUs) * proofHourUs,
    endUs: Math.floor(Math.min(endUs, overUs) / proofHourUs) * proofHourUs,
  };
}

/** What of a span lies before and after its whole hours. */
function edgesOf(asked: Interval, overUs: number): Interval[] {
  const whole = wholeHours(asked, overUs);
  return subtract(asked, isEmpty(whole) ? [] : [whole]);
}

/** Hours that follow each other are asked for together, and with them the edges of what was asked for. */
function spansOf(hours: readonly number[], edges: readonly Interval[]): Interval[] {
  return union([...hours.map((hourUs) => ({ startUs: hourUs, endUs: hourUs + proofHourUs })), ...edges]);
}
