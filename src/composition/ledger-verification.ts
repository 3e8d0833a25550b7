/**
 * Compares the stored ledger with its evidence, with itself and with its views, while the process may go on
 * recording.
 */

import { connectionPlan, connectionSources, type FlowPlan, homePlan } from '../balance/flow-plan.ts';
import { type BalanceSources, balanceSources, sourceIds } from '../balance/sources.ts';
import type { KnownEntity } from '../home/entity.ts';
import type { GridConnection } from '../home/grid-connection.ts';
import type { UnknownSource } from '../home/unknown-sources.ts';
import type { UnpostedCorrection } from '../ledger/corrections/correction-service.ts';
import { LedgerDraft } from '../ledger/entries/ledger-draft.ts';
import type { LedgerStore } from '../ledger/entries/ledger-store.ts';
import { type Meter, meterOf } from '../ledger/entries/meter.ts';
import type { CorrectionStore } from '../ledger/evidence/correction.ts';
import type { StatisticsStore } from '../ledger/evidence/statistics-store.ts';
import { StoredEvidence } from '../ledger/evidence/stored-evidence.ts';
import { repost, usualRules } from '../ledger/posting/reposting.ts';
import {
  type Finding,
  type Verification,
  verifyJournal,
  verifyMeter,
} from '../ledger/posting/verification.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LedgerViews } from '../statistics/ledger-views.ts';
import { verifyFlows, verifyViews } from '../statistics/verification.ts';
import { bucketStartUs } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import { hull, type Interval } from '../units/interval.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';

interface LedgerCheckDeps {
  readonly entities: readonly KnownEntity[];
  /** Sources of the balance that are not counted. */
  readonly unknown: readonly UnknownSource[];
  /** With the present ids of their entities. */
  readonly connections: readonly GridConnection[];
  readonly readings: ReadingStore;
  readonly statistics: StatisticsStore;
  readonly corrections: CorrectionStore;
  readonly ledger: LedgerStore;
  readonly views: LedgerViews;
  /** Until when received evidence is marked as posted; null when there is no mark. */
  readonly mark: () => Promise<number | null>;
  readonly unposted: () => Promise<readonly UnpostedCorrection[]>;
  readonly receivedSince: (receivedUs: number) => Promise<ReadonlyMap<string, Interval>>;
  readonly clock: Clock;
  /** Gives the process time to finish; longer than its runs of posting. */
  readonly pause: () => Promise<void>;
}

interface LedgerCheck {
  readonly meters: readonly (Omit<Verification, 'findings'> & {
    /** Entries whose evidence is stored and not posted yet. */
    readonly waiting: number;
  })[];
  readonly findings: readonly Finding[];
}

/** A posting that was under way has finished after this many checks. */
const checkCount = 3;
const limitFindings = 1000;

/**
 * Verifies promises 3 to 5. The ledger answers for what was received until its mark: what came since is posted into a
 * draft here, so that an entry that is one run behind is no difference and every other one is. A difference is
 * reported when every check finds it, with time for the process in between to finish what it was writing.
 */
export async function verifyLedger(deps: LedgerCheckDeps): Promise<LedgerCheck> {
  let result = await verifyOnce(deps);
  for (let again = 1; again < checkCount && result.findings.length > 0; again += 1) {
    await deps.pause();
    const next = await verifyOnce(deps);
    const before = new Set(result.findings.map(keyOf));
    result = { ...next, findings: next.findings.filter((finding) => before.has(keyOf(finding))) };
  }
  return result;
}

/** Without its figures, which change for a running meter. */
function keyOf({ entityId, check, quarterHourStartUs: atUs }: Finding): string {
  return `${entityId} ${check} ${atUs}`;
}

async function verifyOnce(deps: LedgerCheckDeps): Promise<LedgerCheck> {
  const { ledger, views, clock } = deps;
  const tracked = deps.entities.filter((entity) => entity.isTracked);
  const meters = tracked.flatMap((entity) => meterOf(entity, tracked) ?? []);
  const flows: readonly (readonly [BalanceSources, FlowPlan])[] = [
    [balanceSources(deps.entities, deps.unknown), homePlan],
    ...deps.connections.map(
      ({ connectionId, offtake, injection }) =>
        [connectionSources(offtake, injection), connectionPlan(connectionId)] as const,
    ),
  ];
  const nowUs = clock.nowUs();
  // The running quarter-hours change while this reads: only settled ones are checked.
  const endUs = quarterHourStartUs(nowUs) - 2 * quarterHourUs;
  const markUs = await deps.mark();
  const received = markUs === null ? new Map<string, Interval>() : await deps.receivedSince(markUs);
  const unposted = await deps.unposted();
  const findings: Finding[] = [];
  const find = (finding: Finding) => {
    if (findings.length < limitFindings) findings.push(finding);
  };
  const verified: LedgerCheck['meters'][number][] = [];
  for (const meter of meters) {
    const evidence = evidenceFor(deps, meter);
    const draft = new LedgerDraft(ledger);
    const range = unpostedRange(meter, received, unposted);
    const draftDeps = { evidence, ledger: draft, clock, heldUntil: () => null };
    if (range !== null) await repost(draftDeps, usualRules, meter, { ...range, cause: 'readings' });
    const extent = await views.extent([meter.entityId]);
    const firstUs = extent?.firstUs ?? endUs;
    const result = await verifyMeter({ evidence, ledger: draft }, usualRules, meter, firstUs, endUs);
    const waiting = draft.written(meter.entityId).filter((entry) => !entry.isProvisional).length;
    const { entityId, entries, revisions } = result;
    verified.push({ entityId, entries, revisions, waiting });
    for (const finding of result.findings) find(finding);
  }
  const ids = [...meters.map((meter) => meter.entityId), ...flows.flatMap(([, plan]) => plan.every)];
  const extent = await views.extent(ids);
  if (extent === null) return { meters: verified, findings };
  for (const [sources, plan] of flows) {
    const startUs = (await views.extent(sourceIds(sources)))?.firstUs ?? endUs;
    await verifyFlows(ledger, sources, startUs, endUs, markUs ?? nowUs, find, plan);
    for (const flow of plan.every) await verifyJournal({ ledger }, flow, startUs, endUs, find);
  }
  const zone = views.zone();
  const firstDayUs = bucketStartUs(extent.firstUs, 'day', zone);
  await verifyViews(ledger, views, ids, firstDayUs, bucketStartUs(endUs, 'day', zone), find);
  return { meters: verified, findings };
}

function evidenceFor({ readings, statistics, corrections }: LedgerCheckDeps, meter: Meter): StoredEvidence {
  return new StoredEvidence({
    readings,
    statistics,
    corrections: (entityId) => corrections.of(entityId),
    kindOf: () => (meter.posts === 'register' ? meter.kind : 'rising'),
  });
}

/** The part of a meter that the process has not posted yet; null when nothing waits. */
function unpostedRange(
  meter: Meter,
  received: ReadonlyMap<string, Interval>,
  unposted: readonly UnpostedCorrection[],
): Interval | null {
  const spans = [
    received.get(meter.entityId),
    meter.switchId === undefined ? undefined : received.get(meter.switchId),
    ...unposted.filter((one) => one.entityId === meter.entityId),
  ];
  let joined: Interval | undefined;
  for (const span of spans) if (span !== undefined) joined = hull(joined, span);
  return joined ?? null;
}
