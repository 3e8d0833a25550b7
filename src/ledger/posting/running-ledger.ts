import type { Clock } from '../../runtime/clock.ts';
import { waitAtMost } from '../../runtime/deadline.ts';
import { hull, type Interval } from '../../units/interval.ts';
import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import { byQuarterHour } from '../entries/entry.ts';
import type { LedgerPage, LedgerStore, Opening } from '../entries/ledger-store.ts';
import type { PostedEntry } from '../entries/revision.ts';
import { isSameState } from './reposting.ts';

interface RunningLedgerDeps {
  readonly store: LedgerStore;
  /** Resolves when sums of the store know what was written to it. */
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

/** A reader is not kept waiting by a store that is slow. */
const steadyWithinMs = 2000;
const steadyTries = 3;
/** Openings of so many quarters are held against those that are stored; of a long past nearly all are new. */
const comparedOpenings = 100;

/**
 * The ledger with the quarter that is not over in memory. It changes with every reading, and each change in the store would
 * rewrite what lies beside it in its partition and in the views; so it is written once, of all meters and of what rests on
 * them together, when it is over. What a crash or a stop takes is made again from its readings. Who posts and who reads
 * sees both as one.
 */
export class RunningLedger implements LedgerStore {
  readonly #deps: RunningLedgerDeps;
  readonly #held = new Map<string, Held>();
  /** Quarters that an earlier process wrote and that are not over: they are written as long as they run. */
  readonly #written = new Map<string, number>();
  /** What begins earlier is in the store, or goes there. */
  #committedUs: number;
  /** What was in memory is being written: until the views know it, it would be in both, or in neither. */
  #moving: Promise<void> = Promise.resolve();
  #begun = 0;
  #ended = 0;

  constructor(deps: RunningLedgerDeps) {
    this.#deps = deps;
    this.#committedUs = quarterHourStartUs(deps.clock.nowUs());
  }

  /** The start of the first quarter that is in memory. */
  runningUs(): number {
    return Math.min(this.#committedUs, quarterHourStartUs(this.#deps.clock.nowUs()));
  }

  /** With the first revisions of what is settled and not written yet. */
  async journal(entityId: string, startUs: number, endUs: number): Promise<PostedEntry[]> {
    const stored = await this.#deps.store.journal(entityId, startUs, endUs);
    const known = new Set(stored.map(keyOf));
    const settled = this.running([entityId], startUs, endUs).filter(
      ({ entry }) => entry.revision > 0 && !known.has(keyOf(entry)),
    );
    return [...stored, ...settled.map(({ entry }) => entry)].sort(byQuarterHour);
  }

  /** What begins before the running quarter goes to the store, the rest into memory. */
  async write(pages: readonly LedgerPage[]): Promise<void> {
    const older = new Map<LedgerPage, readonly Opening[]>();
    for (const page of pages) older.set(page, await this.#newOpenings(page));
    // What moves to the store is followed there.
    while (this.#begun > this.#ended) await this.#moving;
    const runningUs = this.runningUs();
    const over: LedgerPage[] = [];
    for (const [{ entityId, entries, openings }, overOpenings] of older) {
      const isRunning = (quarter: number) => quarter >= runningUs && !this.#isWritten(entityId, quarter);
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

  /** Entries in memory of quarters in [startUs, endUs), ascending. */
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

  /** Which of what is in memory is over, by meter: its last evidence has to be posted before it is committed. */
  over(): ReadonlyMap<string, Interval> {
    const openUs = quarterHourStartUs(this.#deps.clock.nowUs());
    const over = new Map<string, Interval>();
    for (const [entityId, { entries, openings }] of this.#held) {
      for (const quarter of [...openings.keys(), ...[...entries.values()].map(quarterHourOf)]) {
        if (quarter >= openUs) continue;
        const span = { startUs: quarter, endUs: quarter + quarterHourUs };
        over.set(entityId, hull(over.get(entityId), span));
      }
    }
    return over;
  }

  /**
   * Writes what is in memory of quarters that begin before an instant. Rejects when that is not sure; then it has to be
   * posted again, for what the store has of it decides on the revision.
   */
  async commit(beforeUs: number): Promise<void> {
    await this.#moving;
    const nowUs = this.#deps.clock.nowUs();
    if (beforeUs <= this.#committedUs) {
      // After a clock that was put back the quarters run again.
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
   * Asks the store and what is in memory as one: while quarters move from here to there it waits, a while at most, and it
   * asks again when one did meanwhile.
   * @param ask puts what is in memory on top after its last question to the store
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

  /** Writes what is in memory of these meters as it is. Rejects when the store is down, and it is gone. */
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
    for (const { quarterHourStartUs: quarter } of stored)
      if (quarter >= runningUs && !this.#isHeld(entityId, quarter)) this.#note(entityId, quarter);
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

  /** Those that the store does not have: a row that is written again makes it merge what lies there. */
  async #newOpenings({ entityId, openings }: LedgerPage): Promise<readonly Opening[]> {
    const runningUs = this.runningUs();
    const older = openings.filter((opening) => opening.quarterHourStartUs < runningUs);
    if (older.length === 0 || older.length > comparedOpenings) return older;
    const quarters = older.map(({ quarterHourStartUs: quarter }) => quarter);
    const endUs = Math.max(...quarters) + 1;
    const stored = await this.#deps.store.openings(entityId, Math.min(...quarters), endUs);
    const known = new Map(stored.map(({ quarterHourStartUs: quarter, state }) => [quarter, state]));
    return older.filter(
      ({ quarterHourStartUs: quarter, state }) =>
        !(known.has(quarter) && isSameState(known.get(quarter), state)),
    );
  }

  #move(pages: readonly LedgerPage[]): Promise<void> {
    if (pages.length === 0) return Promise.resolve();
    this.#begun += 1;
    const moved = this.#moving
      .then(async () => {
        await this.#deps.store.write(pages);
        // The store has them: views that lag are no reason to write them again.
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
      for (const { quarterHourStartUs: quarter } of openings) held.openings.delete(quarter);
      if (held.entries.size + held.openings.size === 0) this.#held.delete(entityId);
    }
  }

  #hold(entityId: string, entry: PostedEntry): void {
    const { entries } = this.#heldOf(entityId);
    // What nobody has written needs no withdrawing, and no revision but its first.
    if (entry.reason === 'withdrawn') entries.delete(keyOf(entry));
    else entries.set(keyOf(entry), firstOf(entry));
  }

  #heldOf(entityId: string): Held {
    const held = this.#held.get(entityId) ?? { entries: new Map(), openings: new Map() };
    this.#held.set(entityId, held);
    return held;
  }

  #isHeld(entityId: string, quarter: number): boolean {
    const entries = this.#held.get(entityId)?.entries;
    return (
      entries !== undefined && [...entries.values()].some(({ quarterHourStartUs: at }) => at === quarter)
    );
  }

  /** A later quarter than the one that is known is not asked about: an earlier process wrote none past its own present. */
  #note(entityId: string, quarter: number): void {
    this.#written.set(entityId, Math.max(quarter, this.#written.get(entityId) ?? quarter));
  }

  #isWritten(entityId: string, quarter: number): boolean {
    return quarter <= (this.#written.get(entityId) ?? Number.NEGATIVE_INFINITY);
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
