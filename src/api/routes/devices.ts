/** What devices used over a range, as a tree beside the home's use. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { flowIds } from '../../balance/flow-posting.ts';
import type { devicesQuery } from '../../schemas/balance.ts';
import { type AnswerOf, route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { type Bucket, total } from '../../statistics/bucket.ts';
import { type DeviceNode, deviceMeters, deviceTree, topDevices } from '../../statistics/device-tree.ts';
import { byMeter, spanBuckets, wholeQuarterHours } from '../../statistics/span-totals.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { groundsOf, rounded, secondsOrNull, sumOrNull, valueOrNull } from '../answers/amounts.ts';
import { pricesOrNone, totalCost } from '../answers/pricing.ts';
import { rangeOf, wholeDay } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';
import { timeRangeOf } from '../http/wire.ts';

type Answer = AnswerOf<'GET /api/devices'>;

export function deviceRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, prices: Prices) {
  app.openapi(route('GET /api/devices'), async (c) =>
    c.json(await devicesAnswer(deps, prices, c.req.valid('query')), 200),
  );
}

async function devicesAnswer(
  deps: ApiDeps,
  prices: Prices,
  query: z.output<typeof devicesQuery>,
): Promise<Answer> {
  const { home, clock, stores, ledger, log } = deps;
  const { views } = ledger;
  const asked = rangeOf(deps, query, limits.totalDays, wholeDay);
  const { startUs, endUs } = wholeQuarterHours(asked.startUs, asked.endUs);
  const meters = deviceMeters(home.entities());
  const ids = [...meters.map((device) => device.entityId), flowIds.homeMwh];
  const [list, buckets] = await Promise.all([
    pricesOrNone({ prices, stores, log }),
    fromStore(stores, 'questdb', () => spanBuckets(views, ids, startUs, endUs)),
  ]);
  const pieces = byMeter(buckets);
  const totalOf = (id: string): Bucket => total(id, pieces.get(id) ?? [], startUs, endUs);
  const nodes = deviceTree(meters, totalOf);
  const costs = await fromStore(stores, 'questdb', () =>
    Promise.all(nodes.map((node) => totalCost(views, list, node, pieces.get(node.entityId) ?? []))),
  );
  const homeMwh = totalOf(flowIds.homeMwh).amountMicro;
  const trackedMwh = sumOrNull(topDevices(meters).map(({ entityId }) => totalOf(entityId).amountMicro));
  const nowUs = clock.nowUs();
  return {
    time_range: timeRangeOf({ startUs, endUs }, views.zone()),
    currency: home.config()?.currency ?? null,
    home_kwh: valueOrNull(homeMwh),
    tracked_kwh: valueOrNull(trackedMwh),
    untracked_kwh: valueOrNull(homeMwh === null ? null : homeMwh - (trackedMwh ?? 0)),
    devices: nodes.map((node, index) => ({
      ...deviceRow(node, homeMwh),
      cost: costs[index] ?? null,
      ...groundsOf(node.bucket, nowUs),
    })),
  };
}

function deviceRow({ bucket, isSource, ...node }: DeviceNode, homeMwh: number | null) {
  const { amountMicro, onTimeUs } = bucket;
  const hasShare = homeMwh !== null && homeMwh > 0 && amountMicro !== null && !isSource;
  return {
    entity_id: node.entityId,
    name: node.name,
    area: node.area,
    parent: node.parentEntityId,
    energy_kwh: valueOrNull(amountMicro),
    own_kwh: valueOrNull(node.ownMwh),
    share: hasShare ? rounded(amountMicro / homeMwh) : null,
    on_time_seconds: secondsOrNull(onTimeUs),
  };
}
