import type { SettingsStore } from '../../home/settings-store.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { pause, unlessAborted } from '../../runtime/pause.ts';
import { WakeSignal } from '../../runtime/wake-signal.ts';
import { minuteMs } from '../../units/durations.ts';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';
import type { RecordingEvents } from '../recording-events.ts';

export interface RenameKeeperDeps {
  /** Old id → the id it has now. */
  readonly renames: () => ReadonlyMap<string, string>;
  readonly isTracked: (entityId: string) => boolean;
  /** What is appended is posted to the ledger. */
  readonly readings: Pick<ReadingStore, 'range' | 'append'>;
  /** What a person said of the old id's readings goes along; may be repeated. Rejects when a store is down. */
  readonly carryCorrections: (oldId: string, newId: string) => Promise<number>;
  /** Ids that another entity has since the one before was renamed, and from when on. */
  readonly takeovers: () => ReadonlyMap<string, number>;
  /** What was read under an id until then is no evidence of the one that has it now; may be repeated. Rejects when a store is down. */
  readonly excludeUntil: (entityId: string, endUs: number) => Promise<void>;
  /** Resolves when all that was received until now can be read, however long that takes. */
  readonly settled: () => Promise<void>;
  readonly settings: Pick<SettingsStore, 'get' | 'set'>;
  readonly isBusy: () => boolean;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RenameKeeperLimits {
  readonly lookEveryMs: number;
  readonly pageReadings: number;
  readonly busyPauseMs: number;
  readonly retryMs: number;
}

export const defaultRenameLimits: RenameKeeperLimits = {
  lookEveryMs: minuteMs,
  pageReadings: 5000,
  busyPauseMs: 500,
  retryMs: 10_000,
};

/** How far a carry came: an instant from which to go on, or that it is over. */
type Mark = number | 'done';

const marksKey = 'renamed_entities';
/** A clock of ours that is behind must not leave out what was heard. */
const endOfTimeUs = Number.MAX_SAFE_INTEGER;
/** Only ever the last of these are of use. */
const marksLimit = 500;

/**
 * An entity that was renamed is the same meter: what was recorded under its old id is carried to the new one, so that
 * its ledger goes on without a break. Home Assistant carries its own history and statistics along; ours may reach
 * further back. The readings under the old id stay.
 */
export class RenameKeeper {
  readonly #deps: RenameKeeperDeps;
  readonly #limits: RenameKeeperLimits;
  readonly #bell = new WakeSignal();
  readonly #stop = new AbortController();
  #marks: Map<string, Mark> | null = null;
  #loop: Promise<void> = Promise.resolve();

  constructor(deps: RenameKeeperDeps, limits: Partial<RenameKeeperLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultRenameLimits, ...limits };
  }

  start(): void {
    this.#loop = this.#work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#bell.ring();
    await this.#loop;
  }

  /** The home may know of a rename. */
  look(): void {
    this.#bell.ring();
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for (const [oldId, newId] of this.#deps.renames()) {
          if (signal.aborted) return;
          if (this.#deps.isTracked(newId)) await this.#carry(oldId, newId);
        }
        // After that: an exclusion of the old id must not go along with the one that had it.
        for (const [entityId, sinceUs] of this.#deps.takeovers()) {
          if (signal.aborted) return;
          if (this.#deps.isTracked(entityId)) await this.#exclude(entityId, sinceUs);
        }
        await this.#bell.wait(this.#limits.lookEveryMs);
      } catch (cause) {
        this.#deps.log.debug({ err: cause }, 'readings of a renamed entity wait to be carried');
        await pause(this.#limits.retryMs, signal);
      }
    }
  }

  /** Resumes where it was cut off; what was carried twice replaces itself. Rejects when a store is down. */
  async #carry(oldId: string, newId: string): Promise<void> {
    const { readings, events, clock, log, isBusy } = this.#deps;
    const { signal } = this.#stop;
    const { pageReadings, busyPauseMs } = this.#limits;
    const key = `${oldId} ${newId}`;
    const marks = await this.#load();
    const mark = marks.get(key);
    if (mark === 'done') return;
    // First, so that what is carried is posted as it was corrected.
    const corrections = await this.#deps.carryCorrections(oldId, newId);
    // What was heard under the old id may still be on its way to the store.
    await unlessAborted(this.#deps.settled(), signal);
    let startUs = mark ?? 0;
    let carried = 0;
    for (;;) {
      while (isBusy() && !signal.aborted) await pause(busyPauseMs, signal);
      if (signal.aborted) return;
      const page = await readings.range(oldId, startUs, endOfTimeUs, pageReadings);
      const isLast = page.length < pageReadings;
      const meant = isLast ? dropTrailingRemoval(page) : page;
      if (meant.length > 0) await readings.append(meant.map((reading) => ({ ...reading, entityId: newId })));
      carried += meant.length;
      const last = page.at(-1);
      if (last !== undefined) startUs = last.atUs + 1;
      if (isLast) break;
      await this.#save(key, startUs);
    }
    await this.#save(key, 'done');
    log.info({ from: oldId, to: newId, readings: carried, corrections }, 'a renamed entity has its readings');
    events.tell({ kind: 'renamed', entityId: oldId, newEntityId: newId, atUs: clock.nowUs() });
  }

  async #exclude(entityId: string, endUs: number): Promise<void> {
    const { events, clock, log, excludeUntil } = this.#deps;
    const key = `${entityId} until ${endUs}`;
    if ((await this.#load()).get(key) === 'done') return;
    await excludeUntil(entityId, endUs);
    await this.#save(key, 'done');
    log.info({ entity: entityId, endUs }, 'another entity has the id of one that was renamed');
    events.tell({ kind: 'replaced', entityId, newEntityId: entityId, atUs: clock.nowUs() });
  }

  async #load(): Promise<Map<string, Mark>> {
    if (this.#marks !== null) return this.#marks;
    const found = await this.#deps.settings.get(marksKey);
    const pairs = typeof found === 'object' && found !== null ? Object.entries(found) : [];
    this.#marks = new Map(
      pairs.flatMap(([key, mark]): [string, Mark][] =>
        mark === 'done' || typeof mark === 'number' ? [[key, mark]] : [],
      ),
    );
    return this.#marks;
  }

  async #save(key: string, mark: Mark): Promise<void> {
    const marks = await this.#load();
    marks.delete(key);
    marks.set(key, mark);
    const kept = [...marks].slice(-marksLimit);
    await this.#deps.settings.set(marksKey, Object.fromEntries(kept), this.#deps.clock.nowUs());
  }
}

/** That the old id was removed is how a rename looks from there; the meter was not away. */
function dropTrailingRemoval(page: readonly Reading[]): readonly Reading[] {
  return page.at(-1)?.absence === 'removed' ? page.slice(0, -1) : page;
}
