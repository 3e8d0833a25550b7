import { type FlowPlan, homePlan } from '../balance/flow-plan.ts';
import { type BalanceSources, sourceIds } from '../balance/sources.ts';
import { type Entry, entryDifferences } from '../ledger/entries/entry.ts';
import type { LedgerStore } from '../ledger/entries/ledger-store.ts';
import type { PostedEntry } from '../ledger/entries/revision.ts';
import type { Finding } from '../ledger/posting/verification.ts';
import { bucketEdges, bucketStartUs } from '../units/calendar.ts';
import { quarterHourUs } from '../units/durations.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import type { LedgerViews } from './ledger-views.ts';

type Find = (finding: Finding) => void;

const stepUs = 7 * 96 * quarterHourUs;

/**
 * Checks that the flows of the home or of a connection are what the meters' entries give, for every quarter-hour.
 * @param postedUntilUs flows of meters that were posted later may be a round behind
 */
export async function verifyFlows(
  ledger: LedgerStore,
  sources: BalanceSources,
  startUs: number,
  endUs: number,
  postedUntilUs: number,
  find: Find,
  plan: FlowPlan = homePlan,
): Promise<void> {
  for (let stepStartUs = quarterHourStartUs(startUs); stepStartUs < endUs; stepStartUs += stepUs) {
    const stepEndUs = Math.min(endUs, stepStartUs + stepUs);
    const meters = new Map<string, PostedEntry[]>();
    for (const id of sourceIds(sources)) meters.set(id, await ledger.current(id, stepStartUs, stepEndUs));
    const behind = new Set(
      [...meters.values()]
        .flat()
        .filter((entry) => entry.isProvisional || entry.postedAtUs > postedUntilUs)
        .map((entry) => entry.quarterHourStartUs),
    );
    const computed = plan.post(sources, meters);
    for (const flow of plan.every) {
      const stored = await ledger.current(flow, stepStartUs, stepEndUs);
      compareFlow(flow, computed.get(flow) ?? [], stored, (finding) => {
        if (finding.quarterHourStartUs === null || !behind.has(finding.quarterHourStartUs)) find(finding);
      });
    }
  }
}

function compareFlow(flow: string, computed: readonly Entry[], stored: readonly PostedEntry[], find: Find) {
  const known = new Map(
    stored.filter((entry) => entry.reason !== 'withdrawn').map((entry) => [entry.quarterHourStartUs, entry]),
  );
  const differs = (atUs: number, detail: string) =>
    find({ entityId: flow, check: 'flows', quarterHourStartUs: atUs, detail });
  for (const entry of computed) {
    const found = known.get(entry.quarterHourStartUs);
    known.delete(entry.quarterHourStartUs);
    const differences = found === undefined ? ['no entry'] : entryDifferences(entry, found);
    if (differences.length > 0)
      differs(entry.quarterHourStartUs, `should follow its meters: ${differences.join(', ')}`);
  }
  for (const entry of known.values())
    differs(entry.quarterHourStartUs, `${entry.amountMicro} where not all meters are known`);
}

interface Sum {
  readonly amountMicro: number | null;
  readonly coveredUs: number;
  readonly quarters: number;
}

/** Checks that hours and days of the views are the sums of their entries, over whole days of the home. */
export async function verifyViews(
  ledger: LedgerStore,
  views: LedgerViews,
  ids: readonly string[],
  startUs: number,
  endUs: number,
  find: Find,
): Promise<void> {
  const zone = views.zone();
  const days = bucketEdges(startUs, endUs, 'day', zone).filter((edge) => edge <= endUs);
  for (let at = 0; at + 1 < days.length; at += 7) {
    const [weekStartUs, weekEndUs] = [days[at] ?? startUs, days[Math.min(at + 7, days.length - 1)] ?? endUs];
    for (const id of ids) {
      const entries = (await ledger.current(id, weekStartUs, weekEndUs)).filter(
        (entry) => entry.kind === 'quantity' && entry.reason !== 'withdrawn',
      );
      for (const period of ['hour', 'day'] as const) {
        const added = new Map<number, Sum & { readonly amountMicro: number }>();
        for (const { quarterHourStartUs: quarter, amountMicro, coveredUs } of entries) {
          const bucket = bucketStartUs(quarter, period, zone);
          const sum = added.get(bucket) ?? { amountMicro: 0, coveredUs: 0, quarters: 0 };
          added.set(bucket, {
            amountMicro: sum.amountMicro + amountMicro,
            coveredUs: sum.coveredUs + coveredUs,
            quarters: sum.quarters + 1,
          });
        }
        const buckets = await views.buckets([id], period, weekStartUs, weekEndUs);
        const seen = new Map<number, Sum>(buckets.map((bucket) => [bucket.startUs, bucket]));
        for (const bucket of new Set([...added.keys(), ...seen.keys()])) {
          const [shown, expected] = [inWords(seen.get(bucket)), inWords(added.get(bucket))];
          if (shown === expected) continue;
          const detail = `the ${period} has ${shown}, its entries say ${expected}`;
          find({ entityId: id, check: 'views', quarterHourStartUs: bucket, detail });
        }
      }
    }
  }
}

function inWords(sum: Sum | undefined): string {
  if (sum === undefined) return 'nothing';
  return `${sum.amountMicro} in ${sum.quarters} quarter-hours, ${sum.coveredUs} µs of them measured`;
}
