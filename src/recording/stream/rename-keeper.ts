import { z } from 'zod';
import { type Settings, setting } from '../../home/settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import { Loop } from '../../runtime/loop.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import { minuteMs } from '../../units/durations.ts';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';
import type { RecordingEvents } from '../recording-events.ts';

interface RenameKeeperDeps {
  /** Old id → the id it has now. */
  readonly renames: () => ReadonlyMap<string, string>;
  readonly isTracked: (entityId: string) => boolean;
  readonly readings: Pick<ReadingStore, 'range' | 'append'>;
  /** Carries a person's corrections of the old id's readings over; may be repeated. Rejects when a store is down. */
  readonly carryCorrections: (oldId: string, newId: string) => Promise<number>;
  /** Ids that now belong to another entity because the previous one was renamed, and since when. */
  readonly takeovers: () => ReadonlyMap<string, number>;
  /**
   * Excludes what was read under an id until then from the evidence of the entity that has it now; may be repeated.
   * Rejects when a store is down.
   */
  readonly excludeUntil: (entityId: string, endUs: number) => Promise<void>;
  /** Resolves when all readings received until now can be read, however long that takes. */
  readonly settled: () => Promise<void>;
  readonly settings: Settings;
  readonly isBusy: () => boolean;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

interface RenameKeeperLimits {
  readonly checkEveryMs: number;
  readonly pageReadings: number;
  readonly busyPauseMs: number;
  readonly retryMs: number;
}

const defaultRenameLimits: RenameKeeperLimits = {
  checkEveryMs: minuteMs,
  pageReadings: 5000,
  busyPauseMs: 500,
  retryMs: 10_000,
};

/** How far a carry came: the instant to continue from, or that it is done. */
type Mark = number | 'done';

/** By the old and the new id. A carry that is not known is done again, which changes nothing. */
const marksSetting = setting<Readonly<Record<string, Mark>>>({
  key: 'renamed_entities',
  schema: z.record(z.string(), z.union([z.number(), z.literal('done')])),
  fallback: {},
});
/** If our clock is behind, what was received must not be left out. */
const endOfTimeUs = Number.MAX_SAFE_INTEGER;
/** Only the last of these are ever of use. */
const marksLimit = 500;

/**
 * A renamed entity is the same meter: what was recorded under its old id is copied to the new one, so that its ledger
 * continues without a break. Home Assistant carries its own history and statistics over; ours may reach further back.
 * The readings under the old id stay.
 */
export class RenameKeeper {
  readonly #deps: RenameKeeperDeps;
  readonly #limits: RenameKeeperLimits;
  readonly #storedReadings: Emitter<[readings: readonly Reading[]]>;
  readonly #loop = new Loop();
  #marks: Map<string, Mark> | null = null;

  constructor(deps: RenameKeeperDeps, limits: Partial<RenameKeeperLimits> = {}) {
    this.#deps = deps;
    this.#storedReadings = new Emitter(deps.log, 'A listener to carried readings failed');
    this.#limits = { ...defaultRenameLimits, ...limits };
  }

  start(): void {
    this.#loop.start((signal) => this.#work(signal));
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** Called with each batch of readings that is durable under the new id. @returns removes the listener */
  onStored(listener: (readings: readonly Reading[]) => void): () => void {
    return this.#storedReadings.on(listener);
  }

  /** The home may have found a rename. */
  check(): void {
    this.#loop.wake();
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for (const [oldId, newId] of this.#deps.renames()) {
          if (signal.aborted) return;
          if (this.#deps.isTracked(newId)) await this.#carry(oldId, newId);
        }
        // After that: an exclusion of the old id must not be carried over with the renamed entity's corrections.
        for (const [entityId, sinceUs] of this.#deps.takeovers()) {
          if (signal.aborted) return;
          if (this.#deps.isTracked(entityId)) await this.#exclude(entityId, sinceUs);
        }
        await this.#loop.wait(this.#limits.checkEveryMs);
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'readings of a renamed entity wait to be carried');
        await pause(this.#limits.retryMs, signal);
      }
    }
  }

  /** Continues where it was interrupted; a reading carried twice replaces itself. Rejects when a store is down. */
  async #carry(oldId: string, newId: string): Promise<void> {
    const { readings, events, clock, log, isBusy } = this.#deps;
    const { signal } = this.#loop;
    const { pageReadings, busyPauseMs } = this.#limits;
    const key = `${oldId} ${newId}`;
    const marks = await this.#load();
    const mark = marks.get(key);
    if (mark === 'done') return;
    // First, so that the carried readings are posted as they were corrected.
    const corrections = await this.#deps.carryCorrections(oldId, newId);
    // Readings received under the old id may still be on their way to the store.
    await unlessAborted(this.#deps.settled(), signal);
    let startUs = mark ?? 0;
    let carried = 0;
    for (;;) {
      while (isBusy() && !signal.aborted) await pause(busyPauseMs, signal);
      if (signal.aborted) return;
      const page = await readings.range(oldId, startUs, endOfTimeUs, pageReadings);
      const isLast = page.length < pageReadings;
      const meant = isLast ? dropTrailingRemoval(page) : page;
      const renamed = meant.map((reading) => ({ ...reading, entityId: newId }));
      if (renamed.length > 0) {
        await readings.append(renamed);
        this.#storedReadings.emit(renamed);
      }
      carried += meant.length;
      const last = page.at(-1);
      if (last !== undefined) startUs = last.atUs + 1;
      if (isLast) break;
      await this.#save(key, startUs);
    }
    await this.#save(key, 'done');
    log.info({ from: oldId, to: newId, readings: carried, corrections }, 'a renamed entity has its readings');
    events.emit({ kind: 'renamed', entityId: oldId, newEntityId: newId, atUs: clock.nowUs() });
  }

  async #exclude(entityId: string, endUs: number): Promise<void> {
    const { events, clock, log, excludeUntil } = this.#deps;
    const key = `${entityId} until ${endUs}`;
    if ((await this.#load()).get(key) === 'done') return;
    await excludeUntil(entityId, endUs);
    await this.#save(key, 'done');
    log.info({ entity: entityId, endUs }, 'another entity has the id of one that was renamed');
    events.emit({ kind: 'replaced', entityId, newEntityId: entityId, atUs: clock.nowUs() });
  }

  async #load(): Promise<Map<string, Mark>> {
    if (this.#marks !== null) return this.#marks;
    this.#marks = new Map(Object.entries(await this.#deps.settings.get(marksSetting)));
    return this.#marks;
  }

  async #save(key: string, mark: Mark): Promise<void> {
    const marks = await this.#load();
    marks.delete(key);
    marks.set(key, mark);
    const kept = [...marks].slice(-marksLimit);
    await this.#deps.settings.set(marksSetting, Object.fromEntries(kept), this.#deps.clock.nowUs());
  }
}

/** A rename shows as a removal of the old id; the meter was not away. */
function dropTrailingRemoval(page: readonly Reading[]): readonly Reading[] {
  return page.at(-1)?.absence === 'removed' ? page.slice(0, -1) : page;
}
