import type { Clock } from '../../runtime/clock.ts';
import { hourUs, quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { isSameDip } from '../counter/counter-dip.ts';
import { type CounterState, reachesBackUs } from '../counter/counter-state.ts';
import { certainMicro, neededMoves, quarterHourGapUs, type Rhythm } from '../counter/rhythm.ts';
import type { ChangedRange } from '../entries/cause.ts';
import type { LedgerStore, Opening } from '../entries/ledger-store.ts';
import type { Meter } from '../entries/meter.ts';
import { revise } from '../entries/revision.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import { type PageRules, postPages } from './posting-pages.ts';
import { type PowerPageRules, readPower } from './stored-power.ts';

interface RepostingDeps {
  readonly evidence: EvidenceSource;
  readonly ledger: LedgerStore;
  readonly clock: Clock;
  /** Until when an entity was followed without a reported change; null when it is not followed. */
  readonly heldUntil: (entityId: string) => number | null;
}

export interface RepostingRules extends PageRules, PowerPageRules {}

export const usualRules: RepostingRules = {
  // An hour, and what a meter that reports so often may be late.
  quarterHourGapUs,
  registerGapUs: 4_500_000_000,
  certainMicro,
  powerGapUs: hourUs,
  onAboveMw: 5000,
  pageSize: 20_000,
};

/** The range that a posting run changed: quarter-hours in [startUs, endUs) got new entries. */
interface RepostingResult extends Interval {
  readonly entriesWritten: number;
}

/**
 * Posts a meter again where its evidence in [startUs, endUs) changed. The current state afterwards is the same as after
 * a posting of everything from the first reading, in whatever order the evidence arrived.
 */
export function repost(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter,
  change: ChangedRange,
): Promise<RepostingResult> {
  return meter.posts === 'register'
    ? repostRegister(deps, rules, meter, change)
    : repostPower(deps, rules, meter, change);
}

/**
 * Begins at the opening before the evidence that precedes the change (their difference reaches back to it) and
 * continues past the change until a quarter-hour opens as it did before: from there on nothing can have changed.
 */
async function repostRegister(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter & { posts: 'register' },
  change: ChangedRange,
): Promise<RepostingResult> {
  const { entityId } = meter;
  const { startUs } = change;
  const precedingUs = (await deps.evidence.registerBefore(entityId, startUs)) ?? startUs;
  const opening = await openingReaching(deps.ledger, entityId, Math.min(precedingUs, startUs));
  return await repostFrom(deps, rules, meter, change, opening);
}

async function repostFrom(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter & { posts: 'register' },
  change: ChangedRange,
  opening: Opening | null,
): Promise<RepostingResult> {
  const { entityId } = meter;
  const { endUs, cause } = change;
  const beginUs = opening?.quarterHourStartUs ?? Number.MIN_SAFE_INTEGER;
  let entriesWritten = 0;
  let reachedUs = beginUs;
  const heldUntilUs = deps.heldUntil(entityId);
  const pages = postPages(
    deps.evidence,
    rules,
    meter,
    beginUs,
    opening?.state ?? null,
    heldUntilUs,
    deps.clock.nowUs(),
  );
  for await (const { startUs, endUs: pageEndUs, lastUs, isLast, posting } of pages) {
    // The rhythm is known now, and applies from the first move on.
    if (opening !== null && !hasRhythm(opening.state) && hasRhythm(posting.state))
      return await repostFrom(deps, rules, meter, change, null);
    const changedEndUs = Math.max(endUs, beginUs + 1);
    const settledUs = await settledFrom(deps.ledger, entityId, posting.openings, changedEndUs, pageEndUs);
    const writtenEndUs = settledUs ?? pageEndUs;
    const computed = posting.entries.filter((entry) => entry.quarterHourStartUs < writtenEndUs);
    const current = await deps.ledger.current(entityId, startUs, writtenEndUs);
    const entries = revise(computed, current, deps.clock.nowUs(), cause);
    await deps.ledger.write([{ entityId, entries, openings: openingsIn(posting.openings, writtenEndUs) }]);
    entriesWritten += entries.length;
    if (settledUs !== null || isLast) {
      const lastQuarterHourUs = posting.entries.at(-1)?.quarterHourStartUs ?? quarterHourStartUs(lastUs);
      return { entriesWritten, startUs: beginUs, endUs: settledUs ?? lastQuarterHourUs + quarterHourUs };
    }
    reachedUs = pageEndUs;
  }
  return { entriesWritten, startUs: beginUs, endUs: reachedUs };
}

function hasRhythm(state: CounterState | null): boolean {
  return state !== null && state.rhythm.length >= neededMoves;
}

/** The newest opening from which the difference that spans an instant can be posted completely; null when none is. */
async function openingReaching(ledger: LedgerStore, entityId: string, atUs: number): Promise<Opening | null> {
  const opening = await ledger.openingBefore(entityId, quarterHourStartUs(atUs));
  // A change among the first moves changes the rhythm that the counter begins with.
  if (opening?.state && opening.state.foreseenMoves > 0) return null;
  const sinceUs = opening?.state ? reachesBackUs(opening.state) : undefined;
  if (!opening || sinceUs === undefined) return opening;
  return ledger.openingBefore(entityId, quarterHourStartUs(sinceUs));
}

function openingsIn(openings: ReadonlyMap<number, CounterState | null>, endUs: number): Opening[] {
  return [...openings]
    .filter(([quarterHour]) => quarterHour < endUs)
    .map(([quarterHourStartUs, state]) => ({ quarterHourStartUs, state }));
}

/** The first quarter-hour after the change that opens as in the ledger; null when none on this page does. */
async function settledFrom(
  ledger: LedgerStore,
  entityId: string,
  computed: ReadonlyMap<number, CounterState | null>,
  changedEndUs: number,
  pageEndUs: number,
): Promise<number | null> {
  const quarterHours = [...computed.keys()].filter(
    (quarterHour) => quarterHour >= changedEndUs && quarterHour < pageEndUs,
  );
  const firstUs = quarterHours[0];
  const lastUs = quarterHours.at(-1);
  if (firstUs === undefined || lastUs === undefined) return null;
  const stored = new Map(
    (await ledger.openings(entityId, firstUs, lastUs + 1)).map((opening) => [
      opening.quarterHourStartUs,
      opening.state,
    ]),
  );
  return (
    quarterHours.find(
      (quarterHour) =>
        stored.has(quarterHour) && isSameState(stored.get(quarterHour), computed.get(quarterHour)),
    ) ?? null
  );
}

/** Whether two openings of a quarter-hour are the same in every field. */
export function isSameState(
  one: CounterState | null | undefined,
  other: CounterState | null | undefined,
): boolean {
  if (!one || !other) return one === other;
  return (
    one.baselineMicro === other.baselineMicro &&
    one.registerMicro === other.registerMicro &&
    one.atUs === other.atUs &&
    one.sinceUs === other.sinceUs &&
    one.movedAtUs === other.movedAtUs &&
    one.repeats?.count === other.repeats?.count &&
    one.repeats?.everyUs === other.repeats?.everyUs &&
    one.repeats?.lastUs === other.repeats?.lastUs &&
    one.foreseenMoves === other.foreseenMoves &&
    isSameRhythm(one.rhythm, other.rhythm) &&
    one.lastResetAtUs === other.lastResetAtUs &&
    one.absentSinceUs === other.absentSinceUs &&
    one.reportedBy === other.reportedBy &&
    one.formerMicro === other.formerMicro &&
    isSameDip(one.dip, other.dip) &&
    (one.correction === null) === (other.correction === null) &&
    one.correction?.deliveredMicro === other.correction?.deliveredMicro
  );
}

function isSameRhythm(one: Rhythm, other: Rhythm): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ intervalS, amountMicro }, place) =>
        intervalS === other[place]?.intervalS && amountMicro === other[place]?.amountMicro,
    )
  );
}

/**
 * A power value reaches no further than the next reading or the longest gap, so the range that can change is known. It
 * begins at the reading before, because the change settles what was provisional since then.
 */
async function repostPower(
  deps: RepostingDeps,
  rules: RepostingRules,
  meter: Meter,
  change: ChangedRange,
): Promise<RepostingResult> {
  const { entityId, switchId } = meter;
  const { startUs, endUs, cause } = change;
  const { evidence, ledger } = deps;
  const nowUs = deps.clock.nowUs();
  const ids = switchId === undefined ? [entityId] : [entityId, switchId];
  const near = await Promise.all(ids.map((id) => evidence.around(id, startUs, startUs)));
  const newUs = near.flatMap(({ afterUs }) => afterUs ?? []);
  const isSilent = newUs.length === 0 && cause === 'readings';
  const postedUs = isSilent ? await postedUntil(ledger, entityId, startUs) : null;
  const amounts = await evidence.amounts(entityId);
  // The whole past begins with its first evidence.
  const changedStartUs =
    startUs > 0 ? startUs : Math.min(...newUs, ...amounts.map((amount) => amount.startUs), nowUs);
  // A switch settles no quarter-hour that a later power reading can still change.
  const beforeUs = near.flatMap((found) => found.beforeUs ?? [])[0] ?? changedStartUs;
  const amountEndUs = amounts.findLast((amount) => amount.endUs < startUs)?.endUs ?? changedStartUs;
  const beginUs = postedUs ?? quarterHourStartUs(Math.min(beforeUs, amountEndUs));
  const around = await evidence.around(entityId, startUs, endUs);
  const lastUs = endUs - 1;
  const reachUs = Math.min(around.afterUs ?? nowUs, lastUs + rules.powerGapUs);
  const postEndUs = quarterHourStartUs(Math.max(lastUs, reachUs)) + quarterHourUs;
  let entriesWritten = 0;
  // By day, so that memory stays bounded however long the range is.
  const stepUs = 96 * quarterHourUs;
  for (let stepStartUs = beginUs; stepStartUs < postEndUs; stepStartUs += stepUs) {
    const stepEndUs = Math.min(postEndUs, stepStartUs + stepUs);
    const computed = await readPower(evidence, rules, meter, stepStartUs, stepEndUs, nowUs);
    const entries = revise(computed, await ledger.current(entityId, stepStartUs, stepEndUs), nowUs, cause);
    await ledger.write([{ entityId, entries, openings: [] }]);
    entriesWritten += entries.length;
  }
  return { entriesWritten, startUs: beginUs, endUs: postEndUs };
}

/**
 * The last posted quarter-hour, for where only time has passed, as it does for days at a device that is switched off.
 * Null when that is more than two hours ago.
 */
async function postedUntil(ledger: LedgerStore, entityId: string, nowUs: number): Promise<number | null> {
  const recent = await ledger.current(entityId, quarterHourStartUs(nowUs) - 8 * quarterHourUs, nowUs);
  return recent.at(-1)?.quarterHourStartUs ?? null;
}
