import type { Clock } from '../../runtime/clock.ts';
import { waitAtMost } from '../../runtime/deadline.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { hull, type Interval } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { byQuarterHour } from '../entries/entry.ts';
import type { LedgerPage, LedgerStore, Opening } from '../entries/ledger-store.ts';
import type { PostedEntry } from '../entries/revision.ts';
import { isSameState } from './reposting.ts';

interface RunningLedgerDeps {
  readonly store: LedgerStore;
  /** Resolves when the sums in the store include what was written to it. */
  readonly summed: () => Promise<void>;
  readonly clock: Pick<Clock, 'nowUs'>;
}

export interface RunningEntry {
  readonly entityId: string;
  readonly entry: PostedEntry;
}

interface Held {
  readonly entries: Map<string, PostedEntry>;
  readonly openings: Map<number, Opening>;
}

/** A slow store delays a reader by this at most. */
const steadyWithinMs = 2000;
const steadyTries = 3;
/** Up to this many openings are compared with the stored ones; those of a long past are nearly all new. */
const comparedOpenings = 100;

/**
 * The ledger with the running quarter-hour in memory. That quarter-hour changes with every reading, and each change in
 * the store would rewrite its partition and the views; so it is written once, when it is over, for all meters and what
 * depends on them together. What a crash or a stop loses is posted again from its readings. Readers and posting see
 * both as one.
 */
export class RunningLedger implements LedgerStore {
  readonly #deps: RunningLedgerDeps;
  readonly #held = new Map<string, Held>();
  /** Quarter-hours that an earlier process wrote and that are not over: their changes go to the store. */
  readonly #written = new Map<string, number>();
  /** What begins earlier is in the store, or is written there. */
  #committedUs: number;
  /** A write of what was in memory: until the views include it, it would be in both, or in neither. */
  #moving: Promise<void> = Promise.resolve();
  #begun = 0;
  #ended = 0;

  constructor(deps: RunningLedgerDeps) {
    this.#deps = deps;
    this.#committedUs = quarterHourStartUs(deps.clock.nowUs());
  }

  /** The start of the first quarter-hour that is in memory. */
  runningUs(): number {
    return Math.min(this.#committedUs, quarterHourStartUs(this.#deps.clock.nowUs()));
  }

  /** Includes the first revisions of entries that are settled and not written yet. */
  async journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const stored = await this.#deps.store.journal(entityId, startUs, endUs);
    const known = new Set(stored.map(keyOf));
    const settled = this.running([entityId], startUs, endUs).filter(
      ({ entry }) => entry.revision > 0 && !known.has(keyOf(entry)),
    );
    return [...stored, ...settled.map(({ entry }) => entry)].sort(byQuarterHour);
  }

  /** What begins before the running quarter-hour goes to the store, the rest into memory. */
  async write(pages: readonly LedgerPage[]): Promise<void> {
    const older = new Map<LedgerPage, readonly Opening[]>();
    for (const page of pages) older.set(page, await this.#newOpenings(page));
    // What moves to the store is written there.
    while (this.#begun > this.#ended) await this.#moving;
    const runningUs = this.runningUs();
    const over: LedgerPage[] = [];
    for (const [{ entityId, entries, openings }, overOpenings] of older) {
      const isRunning = (quarterHour: number) =>
        quarterHour >= runningUs && !this.#isWritten(entityId, quarterHour);
      const overEntries = entries.filter((entry) => !isRunning(entry.quarterHourStartUs));
      if (overEntries.length + overOpenings.length > 0)
        over.push({ entityId, entries: overEntries, openings: overOpenings });
      for (const entry of entries) if (isRunning(entry.quarterHourStartUs)) this.#hold(entityId, entry);
      for (const opening of openings)
        if (opening.quarterHourStartUs >= runningUs)
          this.#heldOf(entityId).openings.set(opening.quarterHourStartUs, opening);
    }
    if (over.length > 0) await this.#deps.store.write(over);
  }

  /** Entries in memory of quarter-hours in [startUs, endUs), ascending. */
  running(entityIds: readonly string[], startUs: number, endUs: number): RunningEntry[] {
    return entityIds
      .flatMap((entityId) =>
        [...(this.#held.get(entityId)?.entries.values() ?? [])].map((entry) => ({ entityId, entry })),
      )
      .filter(({ entry }) => entry.quarterHourStartUs >= startUs && entry.quarterHourStartUs < endUs)
      .sort((a, b) => a.entry.quarterHourStartUs - b.entry.quarterHourStartUs);
  }

  /** Openings in memory from an instant on, ascending. */
  runningOpenings(entityId: string, startUs: number): Opening[] {
    return [...(this.#held.get(entityId)?.openings.values() ?? [])]
      .filter((opening) => opening.quarterHourStartUs >= startUs)
      .sort((a, b) => a.quarterHourStartUs - b.quarterHourStartUs);
  }

  /** By meter, the range in memory that is over: its last evidence has to be posted before it is committed. */
  over(): ReadonlyMap<string, Interval> {
    const openUs = quarterHourStartUs(this.#deps.clock.nowUs());
    const over = new Map<string, Interval>();
    for (const [entityId, { entries, openings }] of this.#held) {
      for (const quarterHour of [...openings.keys(), ...[...entries.values()].map(quarterHourOf)]) {
        if (quarterHour >= openUs) continue;
        const span = { startUs: quarterHour, endUs: quarterHour + quarterHourUs };
        over.set(entityId, hull(over.get(entityId), span));
      }
    }
    return over;
  }

  /**
   * Writes the quarter-hours in memory that begin before an instant. Rejects when the write is not sure; then they have
   * to be posted again, because the stored entries decide the revision.
   */
  async commit(beforeUs: number): Promise<void> {
    await this.#moving;
    const nowUs = this.#deps.clock.nowUs();
    if (beforeUs <= this.#committedUs) {
      // After a clock was set back, the quarter-hours run again.
      this.#committedUs = Math.min(this.#committedUs, quarterHourStartUs(nowUs));
      return;
    }
    const pages = [...this.#held].map(([entityId, { entries, openings }]) => ({
      entityId,
      entries: [...entries.values()].filter((entry) => entry.quarterHourStartUs < beforeUs),
      openings: [...openings.values()].filter((opening) => opening.quarterHourStartUs < beforeUs),
    }));
    try {
      await this.#move(pages.filter(({ entries, openings }) => entries.length + openings.length > 0));
    } finally {
      this.#committedUs = beforeUs;
    }
  }

  /**
   * Reads the store and the memory as one: while quarter-hours move to the store it waits, for a short time at most,
   * and it reads again when some moved meanwhile.
   * @param ask adds what is in memory after its last read of the store
   */
  async steady<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      if (this.#begun > this.#ended) await waitAtMost(steadyWithinMs, this.#moving);
      const begun = this.#begun;
      const isStill = begun === this.#ended;
      const answer = await ask();
      if ((isStill && begun === this.#begun) || tries === steadyTries) return answer;
    }
  }

  /** Writes what is in memory for these meters. Rejects when the store is down; then it is lost. */
  async release(entityIds: readonly string[]): Promise<void> {
    await this.#moving;
    await this.#move(
      entityIds.flatMap((entityId): LedgerPage[] => {
        const held = this.#held.get(entityId);
        if (held === undefined) return [];
        return [{ entityId, entries: [...held.entries.values()], openings: [...held.openings.values()] }];
      }),
    );
  }

  async current(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const stored = await this.#deps.store.current(entityId, startUs, endUs);
    const runningUs = this.runningUs();
    for (const { quarterHourStartUs: quarterHour } of stored)
      if (quarterHour >= runningUs && !this.#isHeld(entityId, quarterHour)) this.#note(entityId, quarterHour);
    const held = this.running([entityId], startUs, endUs);
    if (held.length === 0) return stored;
    const keys = new Set(held.map(({ entry }) => keyOf(entry)));
    return [...stored.filter((entry) => !keys.has(keyOf(entry))), ...held.map(({ entry }) => entry)].sort(
      byQuarterHour,
    );
  }

  async openingBefore(entityId: string, atUs: number): Promise<Opening | null> {
    let found = await this.#deps.store.openingBefore(entityId, atUs);
    for (const opening of this.runningOpenings(entityId, Number.MIN_SAFE_INTEGER)) {
      const isLater = found === null || opening.quarterHourStartUs >= found.quarterHourStartUs;
      if (opening.quarterHourStartUs <= atUs && isLater) found = opening;
    }
    return found;
  }

  async openings(entityId: string, startUs: number, endUs: number): Promise<Opening[]> {
    const stored = await this.#deps.store.openings(entityId, startUs, endUs);
    const found = new Map(stored.map((opening) => [opening.quarterHourStartUs, opening]));
    for (const opening of this.runningOpenings(entityId, startUs))
      if (opening.quarterHourStartUs < endUs) found.set(opening.quarterHourStartUs, opening);
    return [...found.values()].sort((a, b) => a.quarterHourStartUs - b.quarterHourStartUs);
  }

  /** Openings that the store does not have: a row that is written again makes it merge its partition. */
  async #newOpenings({ entityId, openings }: LedgerPage): Promise<readonly Opening[]> {
    const runningUs = this.runningUs();
    const older = openings.filter((opening) => opening.quarterHourStartUs < runningUs);
    if (older.length === 0 || older.length > comparedOpenings) return older;
    const quarterHours = older.map(({ quarterHourStartUs: quarterHour }) => quarterHour);
    const endUs = Math.max(...quarterHours) + 1;
    const stored = await this.#deps.store.openings(entityId, Math.min(...quarterHours), endUs);
    const known = new Map(stored.map(({ quarterHourStartUs: quarterHour, state }) => [quarterHour, state]));
    return older.filter(
      ({ quarterHourStartUs: quarterHour, state }) =>
        !(known.has(quarterHour) && isSameState(known.get(quarterHour), state)),
    );
  }

  #move(pages: readonly LedgerPage[]): Promise<void> {
    if (pages.length === 0) return Promise.resolve();
    this.#begun += 1;
    const moved = this.#moving
      .then(async () => {
        await this.#deps.store.write(pages);
        // The store has the rows: views that lag are no reason to write them again.
        await this.#deps.summed().catch(() => undefined);
      })
      .finally(() => {
        this.#drop(pages);
        this.#ended += 1;
      });
    this.#moving = moved.catch(() => undefined);
    return moved;
  }

  #drop(pages: readonly LedgerPage[]): void {
    for (const { entityId, entries, openings } of pages) {
      const held = this.#held.get(entityId);
      if (held === undefined) continue;
      for (const entry of entries) held.entries.delete(keyOf(entry));
      for (const { quarterHourStartUs: quarterHour } of openings) held.openings.delete(quarterHour);
      if (held.entries.size + held.openings.size === 0) this.#held.delete(entityId);
    }
  }

  #hold(entityId: string, entry: PostedEntry): void {
    const { entries } = this.#heldOf(entityId);
    // An entry that is not written needs no withdrawal, and no revision but its first.
    if (entry.reason === 'withdrawn') entries.delete(keyOf(entry));
    else entries.set(keyOf(entry), firstOf(entry));
  }

  #heldOf(entityId: string): Held {
    const held = this.#held.get(entityId) ?? { entries: new Map(), openings: new Map() };
    this.#held.set(entityId, held);
    return held;
  }

  #isHeld(entityId: string, quarterHour: number): boolean {
    const entries = this.#held.get(entityId)?.entries;
    return (
      entries !== undefined && [...entries.values()].some(({ quarterHourStartUs: at }) => at === quarterHour)
    );
  }

  /** Only the latest quarter-hour is kept: an earlier process wrote none past its own present. */
  #note(entityId: string, quarterHour: number): void {
    this.#written.set(entityId, Math.max(quarterHour, this.#written.get(entityId) ?? quarterHour));
  }

  #isWritten(entityId: string, quarterHour: number): boolean {
    return quarterHour <= (this.#written.get(entityId) ?? Number.NEGATIVE_INFINITY);
  }
}

function firstOf(entry: PostedEntry): PostedEntry {
  const isOfReadings = entry.cause === 'settled' || entry.cause === 'late';
  return { ...entry, revision: entry.isProvisional ? 0 : 1, cause: isOfReadings ? 'first' : entry.cause };
}

function quarterHourOf(entry: PostedEntry): number {
  return entry.quarterHourStartUs;
}

function keyOf(entry: PostedEntry): string {
  return `${entry.kind} ${entry.quarterHourStartUs}`;
}
