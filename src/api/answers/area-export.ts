/** The ledger of an area's devices as CSV, a day at a time, so that memory stays bounded however long the range is. */

import type { LedgerViews } from '../../statistics/ledger-views.ts';
import { byMeter } from '../../statistics/span-totals.ts';
import type { PriceList } from '../../tariffs/cost-versions.ts';
import { localIso } from '../../units/calendar.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { csvLine } from '../http/csv.ts';
import { groundsOf, secondsOrNull, valueOrNull } from './amounts.ts';
import type { AreaDevices } from './area.ts';
import { areaCosts } from './area-totals.ts';

interface AreaExport extends Interval {
  readonly views: LedgerViews;
  readonly prices: PriceList | null;
  readonly area: AreaDevices;
  readonly currency: string | null;
  readonly nowUs: number;
}

const stepUs = 96 * quarterHourUs;

/** Lines by time, then by meter: one for each entry. A quarter-hour without an entry has no line. */
export async function* csvPages(asked: AreaExport): AsyncGenerator<string> {
  const { views, prices, area, startUs, endUs, nowUs } = asked;
  const zone = views.zone();
  const ids = area.devices.map((device) => device.entityId);
  const header = csvLine([
    `quarter_start (${zone})`,
    'entity_id',
    'name',
    'area',
    'energy (kWh)',
    `cost (${asked.currency ?? 'currency not known'})`,
    'on_time (s)',
    'coverage (0-1)',
    'quality',
    'provisional',
  ]);
  let text = header;
  for (let pageStartUs = startUs; pageStartUs < endUs; pageStartUs += stepUs) {
    const buckets = await views.buckets(ids, 'quarter', pageStartUs, Math.min(endUs, pageStartUs + stepUs));
    const costs = await areaCosts(views, prices, area, byMeter(buckets));
    const devices = new Map(area.devices.map((device) => [device.entityId, device]));
    const order = new Map(ids.map((id, index) => [id, index]));
    const sorted = buckets.toSorted(
      (a, b) => a.startUs - b.startUs || (order.get(a.entityId) ?? 0) - (order.get(b.entityId) ?? 0),
    );
    for (const bucket of sorted) {
      const device = devices.get(bucket.entityId);
      const grounds = groundsOf(bucket, nowUs);
      text += csvLine([
        localIso(bucket.startUs, zone),
        bucket.entityId,
        device?.name ?? '',
        device?.area ?? '',
        valueOrNull(bucket.amountMicro),
        costs.get(bucket.entityId)?.get(bucket.startUs) ?? null,
        secondsOrNull(bucket.onTimeUs),
        grounds.coverage,
        grounds.quality,
        grounds.provisional,
      ]);
    }
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
