/** Answers about a change of prices and its effect on past costs. */

import type { z } from 'zod';
import { totalIds } from '../../balance/flow-posting.ts';
import type { Home } from '../../home/home.ts';
import type { costVersion, recalculation } from '../../schemas/cost-versions.ts';
import type { CostVersion } from '../../tariffs/cost-versions.ts';
import type { PricedMeter, Repricing } from '../../tariffs/repricing.ts';
import { localIso } from '../../units/calendar.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';
import { HttpProblem } from '../http/problems.ts';
import { valueOrNull } from './amounts.ts';
import { devicesOf } from './area.ts';

/** @param all the versions, which say until when this one holds */
export function costVersionRow(
  version: CostVersion,
  all: readonly CostVersion[],
  zone: string,
): z.infer<typeof costVersion> {
  const next = all
    .filter((other) => other.area === version.area && other.effectiveFromUs > version.effectiveFromUs)
    .reduce<CostVersion | null>(
      (first, other) => (first === null || other.effectiveFromUs < first.effectiveFromUs ? other : first),
      null,
    );
  return {
    id: version.costVersionId,
    cost_per_kwh: version.pricePerKwhMicro / 1_000_000,
    effective_from: localIso(version.effectiveFromUs, zone),
    effective_until: next === null ? null : localIso(next.effectiveFromUs, zone),
    area: version.area,
    notes: version.notes,
    created_at: isoFromInstant(version.createdAtUs),
  };
}

/** What the home pays for: the devices of an area, or what comes from the grid. */
export function pricedMeters(home: Pick<Home, 'entities'>, area: string | null): PricedMeter[] {
  return area === null
    ? [{ entityId: totalIds.gridIn, area: null }]
    : devicesOf(home, { area }).tops.map((device) => ({ entityId: device.entityId, area: device.area }));
}

export interface Repriced extends Interval {
  readonly found: Repricing;
  readonly isDryRun: boolean;
  readonly metersPosted: number;
}

export function recalculationRow(repriced: Repriced, zone: string): z.infer<typeof recalculation> {
  const { found, startUs, endUs, isDryRun, metersPosted } = repriced;
  return {
    dry_run: isDryRun,
    time_range: { start: localIso(startUs, zone), end: localIso(endUs, zone) },
    cost_before: found.costBefore,
    cost_after: found.costAfter,
    energy_kwh: valueOrNull(found.energyMwh) ?? 0,
    unpriced_kwh: valueOrNull(found.unpricedMwh) ?? 0,
    days_changed: found.daysChanged,
    meters: metersPosted,
  };
}

/** A change of past costs has to be confirmed: a user may have seen the old ones. */
export function unconfirmed(found: Repricing, what: string): HttpProblem {
  return new HttpProblem(409, {
    detail: `It would price ${found.daysChanged} past days anew: ${sumText(found.costBefore)} would become ${sumText(found.costAfter)}. Nothing was ${what}.`,
    field: 'confirm',
    expected: 'true, to price the past anew; dry_run: true shows the figures',
  });
}

function sumText(cost: number | null): string {
  return cost === null ? 'a cost that is not known' : cost.toFixed(2);
}
