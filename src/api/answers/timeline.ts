/** An area over time, in buckets of a length of their own: devices are added up by the database, costs by their prices. */

import type { LedgerViews } from '../../statistics/ledger-views.ts';
import { addSums, emptySide, emptySum, joinSides, type SideBySide } from '../../statistics/side-by-side.ts';
import type { PriceList } from '../../tariffs/cost-versions.ts';
import { costOf } from '../../tariffs/costing.ts';
import type { Period } from '../../units/calendar.ts';
import type { Interval } from '../../units/interval.ts';
import { costSum, rounded, secondsOrNull, valueOrNull } from './amounts.ts';
import type { AreaDevices } from './area.ts';
import type { AreaTotals } from './area-totals.ts';

interface TimelineSpan extends Interval {
  readonly bucketUs: number;
}

/** One bucket: the devices that are counted, by the prices that hold for them, and how long all of them were on. */
interface TimelinePlace extends Interval {
  readonly side: SideBySide;
  readonly onTimeUs: number | null;
  readonly cost: number | null;
}

/** @param period of the pieces that fill the buckets. Rejects when the store is down. */
export async function readTimeline(
  views: LedgerViews,
  prices: PriceList | null,
  { devices, tops }: AreaDevices,
  period: Period,
  { startUs, endUs, bucketUs }: TimelineSpan,
): Promise<TimelinePlace[]> {
  const scopes = [...Map.groupBy(tops, ({ area }) => prices?.scopeOf(area) ?? null)];
  const groups = scopes.map(([, list]) => list.map((device) => device.entityId));
  const counted = new Set(groups.flat());
  const contained = devices.map((device) => device.entityId).filter((id) => !counted.has(id));
  const [sides, inside] = await Promise.all([
    views.sideBySide(groups, period, startUs, endUs),
    views.sideBySide([contained], period, startUs, endUs),
  ]);
  const costs = await Promise.all(
    scopes.map(([area], index) => {
      const amounts = sides.map((side) => ({
        ...{ startUs: side.startUs, endUs: side.endUs },
        amountMicro: side.groups[index]?.amountMicro ?? null,
      }));
      return prices === null ? new Map() : costOf(views, prices, area, amounts, groups[index]);
    }),
  );
  const placeOf = ({ startUs: atUs }: SideBySide) => Math.floor((atUs - startUs) / bucketUs);
  const [own, within] = [Map.groupBy(sides, placeOf), Map.groupBy(inside, placeOf)];
  const count = Math.ceil((endUs - startUs) / bucketUs);
  return Array.from({ length: count }, (_, place) => {
    const placeStartUs = startUs + place * bucketUs;
    const placeEndUs = Math.min(endUs, placeStartUs + bucketUs);
    const pieces = own.get(place) ?? [];
    const known = pieces.flatMap(({ startUs: atUs, groups: sums }) =>
      sums.flatMap(({ amountMicro }, index) =>
        amountMicro === null ? [] : [(costs[index]?.get(atUs) ?? null) as number | null],
      ),
    );
    const onTimes = [...pieces, ...(within.get(place) ?? [])].flatMap(({ groups: sums }) => sums);
    return {
      ...{ startUs: placeStartUs, endUs: placeEndUs },
      side: pieces.reduce(joinSides, emptySide(groups.length, placeStartUs, placeEndUs)),
      onTimeUs: onTimes.reduce(addSums, emptySum).onTimeUs,
      cost: costSum(known),
    };
  });
}

/** A device without data lowers the coverage; without data of any device the amounts are null. */
export function placeTotals(place: TimelinePlace, deviceCount: number, nowUs: number): AreaTotals {
  const { startUs, endUs, side, onTimeUs, cost } = place;
  const { amountMicro, coveredUs } = side.groups.reduce(addSums, emptySum);
  const passedUs = (Math.min(endUs, nowUs) - startUs) * deviceCount;
  return {
    energy_kwh: valueOrNull(amountMicro),
    cost,
    on_time_seconds: secondsOrNull(onTimeUs),
    coverage: passedUs <= 0 ? 0 : rounded(Math.min(1, coveredUs / passedUs)),
    quality: side.quality,
    provisional: side.isProvisional,
  };
}
