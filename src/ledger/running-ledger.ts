import { withinMs } from '../recording/pause.ts';
import type { Clock } from '../units/clock.ts';
import { quarterStartUs, quarterUs } from '../units/quarter.ts';
import type { LedgerPage, LedgerStore, Opening } from './ledger-store.ts';
import { isSameState } from './reposting.ts';
import type { PostedEntry } from './revision.ts';
import { joinSpans, type Span } from './span.ts';

export interface RunningLedgerDeps {
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
/** Rounds of posting are no further apart than a quarter-hour. */
const keptQuarters = 2;
/** Openings of so many quarters are held against those that are stored; of a long past nearly all are new. */
const comparedOpenings = 100;

/**
 * The ledger with the quarter that is not over in memory. It changes with every reading, and each change in the store would
 * rewrite what lies beside it in its partition and in the views; so it is written once, when it is over, or at a stop.
 * What a crash takes is made again from its readings. Reading calls answer both as one.
 */
export class RunningLedger implements LedgerStore {
  readonly #deps: RunningLedgerDeps;
  readonly #held = new Map<string, Held>();
  /** Quarters that an earlier process wrote and that are not over: they are written as long as they run. */
  readonly #written = new Map<string, number>();
  /** What was in memory is being written: until the views know it, it would be in both, or in neither. */
  #moving: Promise<void> = Promise.resolve();
  #begun = 0;
  #ended = 0;

  constructor(deps: RunningLedgerDeps) {
    this.#deps = deps;
  }

  /** For whoever posts: quarters that are over and still in memory are not there, so that they are written. */
  posting(): LedgerStore {
    return {
      current: (entityId, fromUs, untilUs) => this.#current(entityId, fromUs, untilUs, this.#openUs()),
      journal: (...asked) => this.journal(...asked),
      openingBefore: (entityId, atUs) => this.#openingBefore(entityId, atUs, this.#openUs()),
      openings: (entityId, fromUs, untilUs) => this.#openings(entityId, fromUs, untilUs, this.#openUs()),
      write: (pages) => this.write(pages),
    };
  }

  current(entityId: string, fromUs: number, untilUs: number): Promise<PostedEntry[]> {
    return this.#current(entityId, fromUs, untilUs, Number.MIN_SAFE_INTEGER);
  }

  /** What is in memory is provisional, or about to be: the journal has none of it. */
  journal(entityId: string, fromUs: number, untilUs: number): Promise<PostedEntry[]> {
    return this.#deps.store.journal(entityId, fromUs, untilUs);
  }

  openingBefore(entityId: string, atUs: number): Promise<Opening | null> {
    return this.#openingBefore(entityId, atUs, Number.MIN_SAFE_INTEGER);
  }

  openings(entityId: string, fromUs: number, untilUs: number): Promise<Opening[]> {
    return this.#openings(entityId, fromUs, untilUs, Number.MIN_SAFE_INTEGER);
  }

  /** What is over goes to the store, the rest into memory. */
  async write(pages: readonly LedgerPage[]): Promise<void> {
    const openUs = this.#openUs();
    const over: LedgerPage[] = [];
    for (const { entityId, entries, openings } of pages) {
      const isRunning = (quarter: number) => quarter >= openUs && !this.#isWritten(entityId, quarter);
      const overEntries = entries.filter((entry) => !isRunning(entry.quarterStartUs));
      const overOpenings = await this.#newOpenings(
        entityId,
        openings.filter((opening) => opening.quarterStartUs < openUs),
      );
      if (overEntries.length + overOpenings.length > 0)
        over.push({ entityId, entries: overEntries, openings: overOpenings });
      for (const entry of entries) if (isRunning(entry.quarterStartUs)) this.#hold(entityId, entry);
      for (const opening of openings)
        if (opening.quarterStartUs >= openUs)
          this.#heldOf(entityId).openings.set(opening.quarterStartUs, opening);
    }
    if (over.length > 0) await this.#move(over);
  }

  /** Entries in memory of quarters in [fromUs, untilUs), ascending. */
  running(entityIds: readonly string[], fromUs: number, untilUs: number): RunningEntry[] {
    return entityIds
      .flatMap((entityId) =>
        [...(this.#held.get(entityId)?.entries.values() ?? [])].map((entry) => ({ entityId, entry })),
      )
      .filter(({ entry }) => entry.quarterStartUs >= fromUs && entry.quarterStartUs < untilUs)
      .sort((a, b) => a.entry.quarterStartUs - b.entry.quarterStartUs);
  }

  /** Openings in memory from an instant on, ascending. */
  runningOpenings(entityId: string, fromUs: number): Opening[] {
    return this.#openingsHeld(entityId, fromUs).sort((a, b) => a.quarterStartUs - b.quarterStartUs);
  }

  /**
   * Which of what is in memory is over, by meter: it has to be posted. What was asked for so long ago that it was posted
   * since, and is still here, does not stand any more.
   */
  over(): ReadonlyMap<string, Span> {
    const openUs = this.#openUs();
    const over = new Map<string, Span>();
    for (const [entityId, held] of this.#held) {
      const quarters = [...held.openings.keys(), ...[...held.entries.values()].map(quarterOf)];
      for (const quarter of quarters) {
        if (quarter >= openUs) continue;
        const span = { fromUs: quarter, untilUs: quarter + quarterUs - 1 };
        over.set(entityId, joinSpans(over.get(entityId), span));
      }
      this.#dropBefore(entityId, held, openUs - keptQuarters * quarterUs);
    }
    return over;
  }

  /**
   * Asks the store and what is in memory as one: while quarters move from here to there it waits, a while at most, and it
   * asks again when one did meanwhile.
   * @param ask puts what is in memory on top after its last question to the store
   */
  async steady<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      if (this.#begun > this.#ended) await withinMs(steadyWithinMs, this.#moving);
      const begun = this.#begun;
      const isStill = begun === this.#ended;
      const answer = await ask();
      if ((isStill && begun === this.#begun) || tries === steadyTries) return answer;
    }
  }

  /** Writes what is in memory as it is, of all or of these. Rejects when the store is down. */
  async settle(entityIds: Iterable<string> = this.#held.keys()): Promise<void> {
    const pages = [...entityIds].flatMap((entityId): LedgerPage[] => {
      const held = this.#held.get(entityId);
      if (held === undefined) return [];
      return [{ entityId, entries: [...held.entries.values()], openings: [...held.openings.values()] }];
    });
    if (pages.length > 0) await this.#move(pages);
  }

  #openUs(): number {
    return quarterStartUs(this.#deps.clock.nowUs());
  }

  async #current(
    entityId: string,
    fromUs: number,
    untilUs: number,
    heldFromUs: number,
  ): Promise<PostedEntry[]> {
    const stored = await this.#deps.store.current(entityId, fromUs, untilUs);
    const openUs = this.#openUs();
    for (const { quarterStartUs: quarter } of stored)
      if (quarter >= openUs && !this.#isHeld(entityId, quarter)) this.#note(entityId, quarter);
    const held = this.running([entityId], Math.max(fromUs, heldFromUs), untilUs);
    if (held.length === 0) return stored;
    const keys = new Set(held.map(({ entry }) => keyOf(entry)));
    return [...stored.filter((entry) => !keys.has(keyOf(entry))), ...held.map(({ entry }) => entry)].sort(
      byQuarter,
    );
  }

  async #openingBefore(entityId: string, atUs: number, heldFromUs: number): Promise<Opening | null> {
    const stored = await this.#deps.store.openingBefore(entityId, atUs);
    let found = stored;
    for (const opening of this.#openingsHeld(entityId, heldFromUs))
      if (
        opening.quarterStartUs <= atUs &&
        (found === null || opening.quarterStartUs >= found.quarterStartUs)
      )
        found = opening;
    return found;
  }

  async #openings(entityId: string, fromUs: number, untilUs: number, heldFromUs: number): Promise<Opening[]> {
    const stored = await this.#deps.store.openings(entityId, fromUs, untilUs);
    const found = new Map(stored.map((opening) => [opening.quarterStartUs, opening]));
    for (const opening of this.#openingsHeld(entityId, Math.max(fromUs, heldFromUs)))
      if (opening.quarterStartUs < untilUs) found.set(opening.quarterStartUs, opening);
    return [...found.values()].sort((a, b) => a.quarterStartUs - b.quarterStartUs);
  }

  /** Those that the store does not have: a row that is written again makes it merge what lies there. */
  async #newOpenings(entityId: string, openings: readonly Opening[]): Promise<readonly Opening[]> {
    if (openings.length === 0 || openings.length > comparedOpenings) return openings;
    const quarters = openings.map(({ quarterStartUs: quarter }) => quarter);
    const untilUs = Math.max(...quarters) + 1;
    const stored = await this.#deps.store.openings(entityId, Math.min(...quarters), untilUs);
    const known = new Map(stored.map(({ quarterStartUs: quarter, state }) => [quarter, state]));
    return openings.filter(({ quarterStartUs: quarter, state }) => {
      const isKnown = known.has(quarter) && isSameState(known.get(quarter), state);
      if (isKnown) this.#held.get(entityId)?.openings.delete(quarter);
      return !isKnown;
    });
  }

  #openingsHeld(entityId: string, fromUs: number): Opening[] {
    const held = this.#held.get(entityId)?.openings.values() ?? [];
    return [...held].filter((opening) => opening.quarterStartUs >= fromUs);
  }

  /** One move at a time, each with what was in memory of its quarters until the views know what was written. */
  #move(pages: readonly LedgerPage[]): Promise<void> {
    const isHeld = pages.some(({ entityId, entries }) =>
      entries.some((entry) => this.#isHeld(entityId, entry.quarterStartUs)),
    );
    if (!isHeld) return this.#store(pages);
    this.#begun += 1;
    const moved = this.#moving
      .then(async () => {
        await this.#deps.store.write(pages);
        // The store has them: views that lag are no reason to write them again.
        await this.#deps.summed().catch(() => undefined);
        this.#drop(pages);
      })
      .finally(() => {
        this.#ended += 1;
      });
    this.#moving = moved.catch(() => undefined);
    return moved;
  }

  #dropBefore(entityId: string, { entries, openings }: Held, beforeUs: number): void {
    for (const [key, entry] of entries) if (quarterOf(entry) < beforeUs) entries.delete(key);
    for (const quarter of openings.keys()) if (quarter < beforeUs) openings.delete(quarter);
    if (entries.size + openings.size === 0) this.#held.delete(entityId);
  }

  async #store(pages: readonly LedgerPage[]): Promise<void> {
    await this.#deps.store.write(pages);
    this.#drop(pages);
  }

  #drop(pages: readonly LedgerPage[]): void {
    for (const { entityId, entries, openings } of pages) {
      const held = this.#held.get(entityId);
      if (held === undefined) continue;
      for (const entry of entries) held.entries.delete(keyOf(entry));
      for (const { quarterStartUs: quarter } of openings) held.openings.delete(quarter);
      if (held.entries.size + held.openings.size === 0) this.#held.delete(entityId);
    }
  }

  #hold(entityId: string, entry: PostedEntry): void {
    const { entries } = this.#heldOf(entityId);
    // What nobody has written needs no withdrawing.
    if (entry.reason === 'withdrawn') entries.delete(keyOf(entry));
    else entries.set(keyOf(entry), entry);
  }

  #heldOf(entityId: string): Held {
    const held = this.#held.get(entityId) ?? { entries: new Map(), openings: new Map() };
    this.#held.set(entityId, held);
    return held;
  }

  #isHeld(entityId: string, quarter: number): boolean {
    const entries = this.#held.get(entityId)?.entries;
    return entries !== undefined && [...entries.values()].some(({ quarterStartUs: at }) => at === quarter);
  }

  /** A later quarter than the one that is known is not asked about: an earlier process wrote none past its own present. */
  #note(entityId: string, quarter: number): void {
    this.#written.set(entityId, Math.max(quarter, this.#written.get(entityId) ?? quarter));
  }

  #isWritten(entityId: string, quarter: number): boolean {
    return quarter <= (this.#written.get(entityId) ?? Number.NEGATIVE_INFINITY);
  }
}

function quarterOf(entry: PostedEntry): number {
  return entry.quarterStartUs;
}

function keyOf(entry: PostedEntry): string {
  return `${entry.kind} ${entry.quarterStartUs}`;
}

function byQuarter(a: PostedEntry, b: PostedEntry): number {
  return a.quarterStartUs - b.quarterStartUs || (a.kind === b.kind ? 0 : a.kind < b.kind ? -1 : 1);
}
