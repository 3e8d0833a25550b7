import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { Mutex } from '../../runtime/mutex.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import { minuteUs } from '../../units/durations.ts';
import { type Interval, isEmpty, subtract, union } from '../../units/interval.ts';
import { addStretch, HistoryRefused } from '../backfill/history-copy.ts';
import { usualHistoryUs } from '../backfill/history-depth.ts';
import { addCounts, type CopiedSpan, copySpan, type SpanCopyDeps } from '../backfill/history-span.ts';
import {
  type CoverageStore,
  coverageHourUs,
  type FoundReadings,
  type HoursToVerify,
  type VerificationEnvironment,
  type VerificationResult,
  type VerifiedHour,
} from '../coverage-store.ts';
import type { RecordingEvents } from '../recording-events.ts';
import { WrittenTime } from '../write/written-time.ts';

interface CoverageVerifierDeps extends SpanCopyDeps {
  readonly coverage: CoverageStore;
  /** Resolves when every reading that was acknowledged can be read. */
  readonly readable: () => Promise<void>;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

interface CoverageVerifierLimits {
  /** An hour can be verified when it has been over for so long: Home Assistant writes with a delay. */
  readonly overForUs: number;
  /**
   * An hour of which Home Assistant returns fewer readings than were received is checked again until it is over for
   * so long.
   */
  readonly fewerForUs: number;
  /** The clock may have been set by so much while nothing ran. */
  readonly startDoubtUs: number;
  readonly retryMs: number;
}

export const defaultCoverageVerifierLimits: CoverageVerifierLimits = {
  overForUs: 5 * minuteUs,
  fewerForUs: 6 * coverageHourUs,
  startDoubtUs: 3 * coverageHourUs,
  retryMs: 1000,
};

/** Spans of entities that are saved in one commit: an hour of a home is verified entity by entity. */
const notedTogether = 50;
/** How often a piece of history is requested while Home Assistant is away. */
const triesWhileAway = 3;

/**
 * Finds gaps by coverage: an hour of an entity is verified when all readings of Home Assistant's history were found
 * in the store, and as long as the store holds as many of it as then.
 */
export class CoverageVerifier {
  readonly #deps: CoverageVerifierDeps;
  readonly #limits: CoverageVerifierLimits;
  readonly #written: WrittenTime;
  readonly #mutex = new Mutex();

  constructor(deps: CoverageVerifierDeps, limits: Partial<CoverageVerifierLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultCoverageVerifierLimits, ...limits };
    this.#written = new WrittenTime(deps.clock, this.#limits.overForUs, this.#limits.startDoubtUs);
  }

  /** Until when Home Assistant has surely written everything. */
  writtenUntilUs(): number {
    return this.#written.endUs();
  }

  /** How many whole hours of these entities in [startUs, endUs) are not verified. Rejects when the store is down. */
  async unverifiedCount(entityIds: readonly string[], startUs: number, endUs: number): Promise<number> {
    const hours = await this.unverifiedHours(entityIds, startUs, endUs);
    return [...hours.values()].reduce((sum, some) => sum + some.length, 0);
  }

  /** The same, by entity: starts of the hours, ascending. Entities whose hours are all verified are absent. */
  async unverifiedHours(
    entityIds: readonly string[],
    startUs: number,
    endUs: number,
  ): Promise<Map<string, number[]>> {
    const { startUs: wholeStartUs, endUs: wholeEndUs } = wholeHours(
      { startUs, endUs },
      this.writtenUntilUs(),
    );
    const unverified = new Map<string, number[]>();
    if (wholeStartUs >= wholeEndUs || entityIds.length === 0) return unverified;
    const { coverage } = this.#deps;
    const [verified, held] = await Promise.all([
      coverage.verified(entityIds, wholeStartUs, wholeEndUs),
      coverage.held(entityIds, wholeStartUs, wholeEndUs),
    ]);
    const good = new Map<string, Set<number>>(entityIds.map((entityId) => [entityId, new Set()]));
    for (const hour of verified)
      if (hour.reported >= 0 && (held.get(hour.entityId)?.get(hour.hourUs) ?? 0) >= hour.held)
        good.get(hour.entityId)?.add(hour.hourUs);
    for (const [entityId, hours] of good) {
      const missing: number[] = [];
      for (let hourUs = wholeStartUs; hourUs < wholeEndUs; hourUs += coverageHourUs)
        if (!hours.has(hourUs)) missing.push(hourUs);
      if (missing.length > 0) unverified.set(entityId, missing);
    }
    return unverified;
  }

  /**
   * Compares the hours of [startUs, endUs) that are not verified with Home Assistant's history; readings that are
   * missing are recorded. One call at a time: what one has verified the next finds verified. Rejects when Home
   * Assistant or the store is away; may be repeated.
   */
  verify(asked: HoursToVerify, environment: VerificationEnvironment): Promise<void> {
    return this.#mutex.run(() => this.#verifyAll(asked, environment));
  }

  async #verifyAll(
    { entityIds, startUs, endUs, isExact }: HoursToVerify,
    environment: VerificationEnvironment,
  ) {
    const { signal, onUnverified, onVerified } = environment;
    if (signal.aborted) return;
    const passedEndUs = Math.min(endUs, this.#deps.clock.nowUs());
    const unverified = await this.unverifiedHours(entityIds, startUs, passedEndUs);
    onUnverified?.(unverified);
    const edges = isExact ? edgesOf({ startUs, endUs: passedEndUs }, this.writtenUntilUs()) : [];
    const copied: CopiedSpan[] = [];
    try {
      for (const entityId of entityIds) {
        const hours = unverified.get(entityId) ?? [];
        if (hours.length === 0 && edges.length === 0) continue;
        const result = await this.#verifyEntity(entityId, hours, edges, signal, copied);
        if (signal.aborted) return;
        if (copied.length >= notedTogether) await this.note(copied.splice(0));
        onVerified(entityId, result);
      }
    } catch (cause) {
      // What was verified until then need not be verified again. Why the run ended matters more than a failure to
      // save.
      await this.note(copied).catch((unsaved: unknown) => {
        this.#deps.log.debug({ err: unsaved }, 'verified hours were not saved; they are verified again');
      });
      throw cause;
    }
    await this.note(copied);
  }

  async #verifyEntity(
    entityId: string,
    missing: readonly number[],
    edges: readonly Interval[],
    signal: AbortSignal,
    toNote: CopiedSpan[],
  ): Promise<VerificationResult> {
    const { recorder } = this.#deps;
    // Everything received until now can be read then: a reading that is not in the store is missing.
    await unlessAborted(recorder.settled(), signal);
    await unlessAborted(this.#deps.readable(), signal);
    const found: FoundReadings[] = [];
    const copied: CopiedSpan[] = [];
    let error: string | null = null;
    for (const span of spansOf(missing, edges)) {
      if (signal.aborted) break;
      const reported = new Map<number, number>();
      const writtenUntilUs = this.writtenUntilUs();
      let tries = 0;
      const refused = await copySpan(this.#deps, entityId, span, {
        signal,
        isSettled: true,
        onCopied: (piece) => {
          tries = 0;
          addCounts(reported, piece.reported);
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
      if (refused === null && !signal.aborted) copied.push({ entityId, span, writtenUntilUs, reported });
    }
    const stretches = found.length === 0 ? [] : await this.#withFirst(entityId, found);
    for (const stretch of stretches) this.#deps.events.emit({ kind: 'found', found: stretch });
    if (!signal.aborted && recorder.tracked().has(entityId)) {
      await unlessAborted(recorder.settled(), signal);
      if (!signal.aborted) toNote.push(...copied);
    }
    return { hours: missing.length, found: stretches, error };
  }

  /**
   * Marks the stretches that are the first fetch: before the first verification, in hours without one, and before the
   * entity was followed.
   */
  async #withFirst(entityId: string, found: readonly FoundReadings[]): Promise<FoundReadings[]> {
    const hours = await this.#deps.coverage.verified([entityId], 0, Number.MAX_SAFE_INTEGER);
    const firstUs = hours.reduce(
      (us, { verifiedAtUs }) => Math.min(us, verifiedAtUs),
      Number.MAX_SAFE_INTEGER,
    );
    const isFirst = async (found: FoundReadings): Promise<boolean> => {
      if (found.firstUs >= firstUs) return false;
      if (hours.some(({ hourUs }) => hourUs + coverageHourUs > found.firstUs && hourUs <= found.lastUs))
        return false;
      return (await this.#deps.readings.before(entityId, found.firstUs))?.origin !== 'stream';
    };
    return await Promise.all(
      found.map(async (one) => ((await isFirst(one)) ? { ...one, isFirst: true } : one)),
    );
  }

  /**
   * Saves the whole hours of spans that were copied from Home Assistant's history, if the store has all of their
   * readings. What was recorded of them is durable. Rejects when the store is down.
   */
  async note(copied: readonly CopiedSpan[]): Promise<void> {
    const { coverage, clock, readable } = this.#deps;
    const whole = copied
      .map((one) => ({ ...one, span: wholeHours(one.span, one.writtenUntilUs) }))
      .filter(({ span }) => span.startUs < span.endUs);
    if (whole.length === 0) return;
    await readable();
    const nowUs = clock.nowUs();
    const hours: VerifiedHour[] = [];
    for (const { entityId, span, reported } of whole) {
      const [held, before] = await Promise.all([
        coverage.held([entityId], span.startUs, span.endUs),
        coverage.verified([entityId], span.startUs, span.endUs),
      ]);
      const valid = before.filter((hour) => hour.reported >= 0);
      const heldBefore = new Map(valid.map((hour) => [hour.hourUs, hour.held]));
      for (let hourUs = span.startUs; hourUs < span.endUs; hourUs += coverageHourUs) {
        const hour: VerifiedHour = {
          entityId,
          hourUs,
          reported: reported.get(hourUs) ?? 0,
          held: held.get(entityId)?.get(hourUs) ?? 0,
          verifiedAtUs: nowUs,
        };
        if (!this.#isVerified(hour)) continue;
        hours.push(hour);
        this.#reportLost(hour, heldBefore.get(hourUs) ?? 0);
      }
    }
    if (hours.length > 0) await coverage.note(hours);
  }

  /**
   * Invalidates the verification of hours that end after an instant: the clock was set back to it, so what happens in
   * them from now on was not seen then. Also of hours verified sooner after their end than the clock had been ahead:
   * by Home Assistant's clock they were not over. For all entities, because one may be tracked again. Rejects when
   * the store is down.
   */
  async invalidateSince(sinceUs: number, aheadUs = 0): Promise<void> {
    const { coverage, clock } = this.#deps;
    const nowUs = clock.nowUs();
    const marginUs = aheadUs + this.#limits.overForUs;
    const startUs = aheadUs > 0 ? Math.min(sinceUs, nowUs - usualHistoryUs) : sinceUs;
    const hours = await coverage.verified(
      null,
      Math.floor(startUs / coverageHourUs) * coverageHourUs,
      Number.MAX_SAFE_INTEGER,
    );
    const voided = hours
      .filter(({ reported, hourUs, verifiedAtUs }) => {
        const endUs = hourUs + coverageHourUs;
        return reported >= 0 && (endUs > sinceUs || (aheadUs > 0 && verifiedAtUs - endUs < marginUs));
      })
      .map((hour): VerifiedHour => ({ ...hour, reported: -1, held: 0, verifiedAtUs: nowUs }));
    if (voided.length > 0) await coverage.note(voided);
  }

  #isVerified({ reported, held, hourUs, verifiedAtUs }: VerifiedHour): boolean {
    if (reported > held) return false;
    // Home Assistant may still be writing the rest.
    return reported === held || hourUs + coverageHourUs + this.#limits.fewerForUs <= verifiedAtUs;
  }

  #reportLost({ entityId, hourUs, held }: VerifiedHour, heldBefore: number): void {
    if (held >= heldBefore) return;
    this.#deps.log.error({ entity: entityId, hourUs, heldBefore, held }, 'the store lost readings for good');
    this.#deps.events.emit({ kind: 'lost', entityId, hourUs, heldBefore, held });
  }
}

/** The whole hours within a span that were over at an instant. */
function wholeHours({ startUs, endUs }: Interval, overUs: number): Interval {
  return {
    startUs: Math.ceil(startUs / coverageHourUs) * coverageHourUs,
    endUs: Math.floor(Math.min(endUs, overUs) / coverageHourUs) * coverageHourUs,
  };
}

/** The parts of a span before and after its whole hours. */
function edgesOf(asked: Interval, overUs: number): Interval[] {
  const whole = wholeHours(asked, overUs);
  return subtract(asked, isEmpty(whole) ? [] : [whole]);
}

/** Joins consecutive hours into spans, together with the edges of what was asked for. */
function spansOf(hours: readonly number[], edges: readonly Interval[]): Interval[] {
  return union([...hours.map((hourUs) => ({ startUs: hourUs, endUs: hourUs + coverageHourUs })), ...edges]);
}
