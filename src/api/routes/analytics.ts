/** Energy, cost and on-time of the devices of an area. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import type { areaDayQuery, areaMonthQuery, timelineQuery } from '../../schemas/analytics.ts';
import { type AnswerOf, route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { aligned, type Bucket, emptyBucket, total } from '../../statistics/bucket.ts';
import { byMeter, wholeQuarterHours } from '../../statistics/span-totals.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { bucketEdges, localDate, localIso, type Period } from '../../units/calendar.ts';
import { dayUs, hourUs, minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { costSum, groundsOf, rounded, secondsOrNull, valueOrNull } from '../answers/amounts.ts';
import { type AreaQuery, devicesOf } from '../answers/area.ts';
import { type AreaTotals, areaCosts, joinedTotals } from '../answers/area-totals.ts';
import { type PricingDeps, pricesOrNone } from '../answers/pricing.ts';
import { inclusiveRangeOf, readDay, readMonth } from '../answers/ranges.ts';
import { placeTotals, readTimeline } from '../answers/timeline.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { timeRangeOf } from '../http/wire.ts';

type Deps = ApiDeps & PricingDeps;

export function analyticsRoutes(app: OpenAPIHono<ApiEnv>, api: ApiDeps, prices: Prices) {
  const deps: Deps = { ...api, prices };
  app.openapi(route('GET /api/power-analytics/summary'), async (c) =>
    c.json(await summaryAnswer(deps, c.req.valid('query')), 200),
  );
  app.openapi(route('GET /api/power-analytics/device-breakdown'), async (c) =>
    c.json(await breakdownAnswer(deps, c.req.valid('query')), 200),
  );
  app.openapi(route('GET /api/power-analytics/monthly'), async (c) =>
    c.json(await monthAnswer(deps, c.req.valid('query')), 200),
  );
  app.openapi(route('GET /api/power-analytics/timeline'), async (c) =>
    c.json(await timelineAnswer(deps, c.req.valid('query')), 200),
  );
}

type Read = Awaited<ReturnType<typeof readArea>>;

/** The buckets of an area's devices on the period's grid, and what they cost. */
async function readArea(deps: Deps, query: AreaQuery, period: Period, { startUs, endUs }: Interval) {
  const { views } = deps.ledger;
  const area = devicesOf(deps.home, query);
  const ids = area.devices.map((device) => device.entityId);
  const [list, buckets] = await Promise.all([
    pricesOrNone(deps),
    fromStore(deps.stores, 'questdb', () => views.buckets(ids, period, startUs, endUs)),
  ]);
  const own = byMeter(buckets);
  const costs = await fromStore(deps.stores, 'questdb', () => areaCosts(views, list, area, own));
  return { ...area, own, costs, currency: deps.home.config()?.currency ?? null };
}

/** All devices in one place of the grid together. */
function totalsOf({ tops, devices, costs }: Read, at: (id: string) => Bucket, nowUs: number): AreaTotals {
  const counted = tops.map((device) => at(device.entityId));
  return joinedTotals(
    counted,
    counted.map((bucket) => costs.get(bucket.entityId)?.get(bucket.startUs) ?? null),
    devices.map((device) => at(device.entityId).onTimeUs),
    nowUs,
  );
}

/** A device's bucket of a day; an empty one where it has none. */
function onDay({ own }: Read, { startUs, endUs }: Interval): (id: string) => Bucket {
  return (id) => own.get(id)?.[0] ?? emptyBucket(id, startUs, endUs);
}

/** Default: the home's today. */
function dayOf({ clock, ledger }: ApiDeps, asked: string | undefined): Interval & { readonly date: string } {
  const zone = ledger.views.zone();
  const date = asked ?? localDate(clock.nowUs(), zone);
  return { date, ...readDay(date, 'date', zone) };
}

async function summaryAnswer(
  deps: Deps,
  query: z.output<typeof areaDayQuery>,
): Promise<AnswerOf<'GET /api/power-analytics/summary'>> {
  const day = dayOf(deps, query.date);
  const found = await readArea(deps, query, 'day', day);
  const { area, currency } = found;
  return { area, date: day.date, currency, ...totalsOf(found, onDay(found, day), deps.clock.nowUs()) };
}

async function breakdownAnswer(
  deps: Deps,
  query: z.output<typeof areaDayQuery>,
): Promise<AnswerOf<'GET /api/power-analytics/device-breakdown'>> {
  const day = dayOf(deps, query.date);
  const found = await readArea(deps, query, 'day', day);
  const at = onDay(found, day);
  const nowUs = deps.clock.nowUs();
  const sum = totalsOf(found, at, nowUs).energy_kwh;
  const devices = found.devices.map((device) => {
    const bucket = at(device.entityId);
    const energy = valueOrNull(bucket.amountMicro);
    return {
      device_id: device.entityId,
      name: device.name,
      area: device.area,
      share: sum === null || sum <= 0 || energy === null ? null : rounded(energy / sum),
      energy_kwh: energy,
      cost: found.costs.get(device.entityId)?.get(bucket.startUs) ?? null,
      on_time_seconds: secondsOrNull(bucket.onTimeUs),
      ...groundsOf(bucket, nowUs),
    };
  });
  devices.sort((a, b) => (b.energy_kwh ?? -1) - (a.energy_kwh ?? -1));
  return { area: found.area, date: day.date, currency: found.currency, devices };
}

async function monthAnswer(
  deps: Deps,
  query: z.output<typeof areaMonthQuery>,
): Promise<AnswerOf<'GET /api/power-analytics/monthly'>> {
  const zone = deps.ledger.views.zone();
  const nowUs = deps.clock.nowUs();
  const month = `${query.year}-${String(query.month).padStart(2, '0')}`;
  const range = readMonth(month, 'year', zone);
  const { startUs, endUs } = range;
  const found = await readArea(deps, query, 'day', range);
  const daysOf = (id: string) => aligned(found.own.get(id) ?? [], id, startUs, endUs, 'day', zone);
  const grids = new Map(found.devices.map(({ entityId }) => [entityId, daysOf(entityId)]));
  const days = daysOf('').map((day, index) => ({
    date: localDate(day.startUs, zone),
    ...totalsOf(found, (id) => grids.get(id)?.[index] ?? emptyBucket(id, day.startUs, day.endUs), nowUs),
  }));
  const whole = (id: string) => total(id, found.own.get(id) ?? [], startUs, endUs);
  const totals = joinedTotals(
    found.tops.map((device) => whole(device.entityId)),
    found.tops.map((device) => costSum(found.costs.get(device.entityId)?.values() ?? [])),
    found.devices.map((device) => whole(device.entityId).onTimeUs),
    nowUs,
  );
  return { area: found.area, month, currency: found.currency, totals, days };
}

async function timelineAnswer(
  deps: Deps,
  query: z.output<typeof timelineQuery>,
): Promise<AnswerOf<'GET /api/power-analytics/timeline'>> {
  const { clock, home, ledger, stores } = deps;
  const { views } = ledger;
  if (query.bucket % 15 !== 0)
    throw new HttpProblem(400, {
      detail: `Entries are of a quarter-hour; ${query.bucket} minutes is no multiple of one.`,
      field: 'bucket',
      expected: 'a multiple of 15, from 15 to 1440',
    });
  const bucketUs = query.bucket * minuteUs;
  const asked = inclusiveRangeOf(deps, query, Math.floor((limits.timelineBuckets * bucketUs) / dayUs));
  const range = wholeQuarterHours(asked.startUs, asked.endUs);
  const zone = views.zone();
  const period = isByHour(range, bucketUs, zone) ? 'hour' : 'quarter';
  const area = devicesOf(home, query);
  const list = await pricesOrNone(deps);
  const found = await fromStore(stores, 'questdb', () =>
    readTimeline(views, list, area, period, { ...range, bucketUs }),
  );
  return {
    area: area.area,
    time_range: timeRangeOf(range, zone),
    bucket_minutes: query.bucket,
    series: found.map((place) => ({
      timestamp: localIso(place.startUs, zone),
      ...placeTotals(place, area.tops.length, clock.nowUs()),
    })),
  };
}

/** Hours of a clock at :30, or of one that is turned by half an hour, do not fill buckets that begin elsewhere. */
function isByHour({ startUs, endUs }: Interval, bucketUs: number, zone: string): boolean {
  const edges = bucketEdges(startUs, endUs, 'hour', zone);
  return bucketUs % hourUs === 0 && edges.every((edgeUs, index) => edgeUs === startUs + index * hourUs);
}
