import type { Clock } from '../units/clock.ts';
import { quarterStartUs, quarterUs } from '../units/quarter.ts';
import type { News } from './cause.ts';
import type { CounterState } from './counter.ts';
import type { EvidenceSource } from './evidence-source.ts';
import type { LedgerStore, Opening } from './ledger-store.ts';
import type { Meter } from './meter.ts';
import { type PageRules, postPages } from './posting-pages.ts';
import { postPower } from './power-posting.ts';
import { revise } from './revision.ts';

export interface RepostingDeps {
  readonly evidence: EvidenceSource;
  readonly ledger: LedgerStore;
  readonly clock: Clock;
  /** Until when an entity was followed without a change being told; null when it is not followed. */
  readonly heldUntil: (entityId: string) => number | null;
}

export interface RepostingRules extends PageRules {
  /** A power value is carried this long. */
  readonly powerGapUs: number;
  readonly onAboveMw: number;
}

export const usualRules: RepostingRules = {
  registerGapUs: 3_600_000_000,
  certainMicro: 10_000,
  powerGapUs: 3_600_000_000,
  onAboveMw: 5000,
  pageSize: 20_000,
};

/** What a posting run changed: quarters in [fromUs, untilUs) got new entries. */
export interface RepostingResult {
  readonly entriesWritten: number;
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * Posts a meter's quarters anew where there is news: evidence in [fromUs, untilUs], both ends inclusive. The current state afterwards is what posting
 * everything from the first reading would have given; the same evidence gives the same state in whatever order it came.
 */
export function repost(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter,
  news: News,
): Promise<RepostingResult> {
  return meter.posts === 'register'
    ? repostRegister(deps, rules, meter, news)
    : repostPower(deps, rules, meter, news);
}

/**
 * Begins at the opening before the evidence that precedes the news (their difference reaches back to it) and goes on past
 * the news until a quarter opens as it did before: from there on nothing can have changed.
 */
async function repostRegister(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter & { posts: 'register' },
  news: News,
): Promise<RepostingResult> {
  const { entityId } = meter;
  const { fromUs, untilUs, cause } = news;
  const precedingUs = (await deps.evidence.registerBefore(entityId, fromUs)) ?? fromUs;
  const opening = await deps.ledger.openingBefore(entityId, quarterStartUs(Math.min(precedingUs, fromUs)));
  const beginUs = opening?.quarterStartUs ?? Number.MIN_SAFE_INTEGER;
  let entriesWritten = 0;
  let reachedUs = beginUs;
  const heldUntilUs = deps.heldUntil(entityId);
  const pages = postPages(deps.evidence, rules, meter, beginUs, opening?.state ?? null, heldUntilUs);
  for await (const { startUs, endUs: pageEndUs, lastUs, isLast, posting } of pages) {
    const newsEndUs = Math.max(untilUs, beginUs);
    const settledUs = await settledFrom(deps.ledger, entityId, posting.openings, newsEndUs, pageEndUs);
    const endUs = settledUs ?? pageEndUs;
    const computed = posting.entries.filter((entry) => entry.quarterStartUs < endUs);
    const current = await deps.ledger.current(entityId, startUs, endUs);
    const entries = revise(computed, current, deps.clock.nowUs(), cause);
    await deps.ledger.write([{ entityId, entries, openings: openingsIn(posting.openings, endUs) }]);
    entriesWritten += entries.length;
    if (settledUs !== null || isLast) {
      const lastQuarterUs = posting.entries.at(-1)?.quarterStartUs ?? quarterStartUs(lastUs);
      return { entriesWritten, fromUs: beginUs, untilUs: settledUs ?? lastQuarterUs + quarterUs };
    }
    reachedUs = pageEndUs;
  }
  return { entriesWritten, fromUs: beginUs, untilUs: reachedUs };
}

function openingsIn(openings: ReadonlyMap<number, CounterState | null>, endUs: number): Opening[] {
  return [...openings]
    .filter(([quarter]) => quarter < endUs)
    .map(([quarterStartUs, state]) => ({ quarterStartUs, state }));
}

/** The first quarter after the news that opens as the ledger has it; null when none on this page does. */
async function settledFrom(
  ledger: LedgerStore,
  entityId: string,
  computed: ReadonlyMap<number, CounterState | null>,
  newsEndUs: number,
  pageEndUs: number,
): Promise<number | null> {
  const quarters = [...computed.keys()].filter((quarter) => quarter > newsEndUs && quarter < pageEndUs);
  const firstUs = quarters[0];
  const lastUs = quarters.at(-1);
  if (firstUs === undefined || lastUs === undefined) return null;
  const stored = new Map(
    (await ledger.openings(entityId, firstUs, lastUs + 1)).map((opening) => [
      opening.quarterStartUs,
      opening.state,
    ]),
  );
  return (
    quarters.find((quarter) => stored.has(quarter) && isSame(stored.get(quarter), computed.get(quarter))) ??
    null
  );
}

function isSame(one: CounterState | null | undefined, other: CounterState | null | undefined): boolean {
  if (!one || !other) return one === other;
  return (
    one.baselineMicro === other.baselineMicro &&
    one.registerMicro === other.registerMicro &&
    one.atUs === other.atUs &&
    one.lastResetAtUs === other.lastResetAtUs &&
    one.absentSinceUs === other.absentSinceUs &&
    one.toldBy === other.toldBy &&
    (one.correction === null) === (other.correction === null) &&
    one.correction?.deliveredMicro === other.correction?.deliveredMicro
  );
}

/**
 * A power value reaches no further than the next reading or the longest gap, so the range that can change is known. It
 * begins where the reading before lies: the news settles what was provisional since then.
 */
async function repostPower(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter,
  news: News,
): Promise<RepostingResult> {
  const { entityId } = meter;
  const { fromUs, untilUs, cause } = news;
  const nowUs = deps.clock.nowUs();
  const around = await deps.evidence.powersAround(entityId, fromUs, untilUs);
  const amounts = await deps.evidence.amounts(entityId);
  const amountEndUs = amounts.findLast((amount) => amount.untilUs < fromUs)?.untilUs ?? fromUs;
  const beginUs = quarterStartUs(Math.min(around.beforeUs ?? fromUs, amountEndUs));
  const reachUs = Math.min(around.afterUs ?? nowUs, untilUs + rules.powerGapUs);
  const endUs = quarterStartUs(Math.max(untilUs, reachUs)) + quarterUs;
  let entriesWritten = 0;
  // By day, so that memory stays bounded however long the range is.
  const stepUs = 96 * quarterUs;
  for (let startUs = beginUs; startUs < endUs; startUs += stepUs) {
    const stopUs = Math.min(endUs, startUs + stepUs);
    const firstUs = startUs - rules.powerGapUs;
    const lastUs = stopUs + rules.powerGapUs;
    const readings = await deps.evidence.powers(entityId, firstUs, lastUs, rules.pageSize * 10);
    const newest = await deps.evidence.powersAround(entityId, stopUs, stopUs - 1);
    const computed = postPower(
      { maxGapUs: rules.powerGapUs, onAboveMw: rules.onAboveMw },
      readings,
      startUs,
      stopUs,
      Math.min(nowUs, lastUs),
      newest.afterUs ?? newest.beforeUs ?? startUs,
      amounts,
    );
    const current = await deps.ledger.current(entityId, startUs, stopUs);
    const entries = revise(computed, current, nowUs, cause);
    await deps.ledger.write([{ entityId, entries, openings: [] }]);
    entriesWritten += entries.length;
  }
  return { entriesWritten, fromUs: beginUs, untilUs: endUs };
}
