import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import {
  areaDayQuery,
  areaMonth,
  areaMonthQuery,
  areaSummary,
  deviceBreakdown,
  timeline,
  timelineQuery,
} from '../../schemas/analytics.ts';
import { limits } from '../../schemas/common.ts';
import { aligned, type Bucket, emptyBucket, total } from '../../statistics/bucket.ts';
import { byMeter, wholeQuarterHours } from '../../statistics/span-totals.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { bucketEdges, localDate, localIso, type Period } from '../../units/calendar.ts';
import { dayUs, hourUs, minuteUs } from '../../units/durations.ts';
import { costSum, groundsOf, rounded, secondsOrNull, valueOrNull } from '../answers/amounts.ts';
import { type AreaQuery, devicesOf } from '../answers/area.ts';
import { type AreaTotals, areaCosts, joinedTotals } from '../answers/area-totals.ts';
import { pricesOrNone } from '../answers/pricing.ts';
import { readDay, readMonth, readRange } from '../answers/ranges.ts';
import { placeTotals, readTimeline } from '../answers/timeline.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { json, problems } from './answers.ts';

const tags = ['Power analytics'];
const about =
  'Of the devices in an area, or in all of them: a device that another one contains is counted within that. Energy in kWh, from the ledger.';

const getSummary = createRoute({
  method: 'get',
  path: '/api/power-analytics/summary',
  tags,
  summary: 'An area’s day',
  description: about,
  request: { query: areaDayQuery },
  responses: { 200: json(areaSummary, 'The day'), ...problems(400, 404, 503) },
});
const getTimeline = createRoute({
  method: 'get',
  path: '/api/power-analytics/timeline',
  tags,
  summary: 'An area over time',
  description: `${about} Buckets of \`bucket\` minutes from the start on, a multiple of 15; at most ${limits.timelineBuckets} of them.`,
  request: { query: timelineQuery },
  responses: { 200: json(timeline, 'Buckets'), ...problems(400, 404, 503) },
});
const getBreakdown = createRoute({
  method: 'get',
  path: '/api/power-analytics/device-breakdown',
  tags,
  summary: 'An area’s day by device',
  description: `${about} Contained devices are listed too, so shares may add up to more than one.`,
  request: { query: areaDayQuery },
  responses: { 200: json(deviceBreakdown, 'Devices, the largest first'), ...problems(400, 404, 503) },
});
const getMonthly = createRoute({
  method: 'get',
  path: '/api/power-analytics/monthly',
  tags,
  summary: 'An area’s month by day',
  description: about,
  request: { query: areaMonthQuery },
  responses: { 200: json(areaMonth, 'The month'), ...problems(400, 404, 503) },
});
export function analyticsRoutes(deps: ApiDeps, prices: Prices) {
  const { home, clock, stores, ledger, log } = deps;
  const { views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const currency = () => home.config()?.currency ?? null;

  const dayOf = (date: string | undefined) => {
    const zone = views.zone();
    const asked = date ?? localDate(clock.nowUs(), zone);
    return { date: asked, ...readDay(asked, 'date', zone) };
  };

  /** The devices' buckets on the period's grid, and what they cost. */
  const read = async (query: AreaQuery, period: Period, startUs: number, endUs: number) => {
    const area = devicesOf(home, query);
    const ids = area.devices.map((device) => device.entityId);
    const [list, buckets] = await Promise.all([
      pricesOrNone({ prices, stores, log }),
      ask(() => views.buckets(ids, period, startUs, endUs)),
    ]);
    const costs = await ask(() => areaCosts(views, list, area, byMeter(buckets)));
    return { area, buckets, costs };
  };
  type Read = Awaited<ReturnType<typeof read>>;

  /** All devices of one place of the grid together. */
  const totalsOf = ({ area, costs }: Read, at: (id: string) => Bucket): AreaTotals => {
    const tops = area.tops.map((device) => at(device.entityId));
    return joinedTotals(
      tops,
      tops.map((bucket) => costs.get(bucket.entityId)?.get(bucket.startUs) ?? null),
      area.devices.map((device) => at(device.entityId).onTimeUs),
      clock.nowUs(),
    );
  };

  const gridOf = (found: Read, period: Period, startUs: number, endUs: number) => {
    const zone = views.zone();
    const own = byMeter(found.buckets);
    const onGrid = (id: string) => aligned(own.get(id) ?? [], id, startUs, endUs, period, zone);
    const grids = new Map(found.area.devices.map((device) => [device.entityId, onGrid(device.entityId)]));
    return onGrid('').map((place, index) => ({
      startUs: place.startUs,
      at: (id: string) => grids.get(id)?.[index] ?? emptyBucket(id, place.startUs, place.endUs),
    }));
  };

  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
    .openapi(getSummary, async (c) => {
      const query = c.req.valid('query');
      const day = dayOf(query.date);
      const found = await read(query, 'day', day.startUs, day.endUs);
      const [place] = gridOf(found, 'day', day.startUs, day.endUs);
      const totals = totalsOf(found, place?.at ?? ((id) => emptyBucket(id, day.startUs, day.endUs)));
      return c.json({ area: found.area.area, date: day.date, currency: currency(), ...totals }, 200);
    })
    .openapi(getBreakdown, async (c) => {
      const query = c.req.valid('query');
      const day = dayOf(query.date);
      const found = await read(query, 'day', day.startUs, day.endUs);
      const nowUs = clock.nowUs();
      const own = byMeter(found.buckets);
      const at = (id: string) => own.get(id)?.[0] ?? emptyBucket(id, day.startUs, day.endUs);
      const sum = totalsOf(found, at).energy_kwh;
      const devices = found.area.devices.map((device) => {
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
      return c.json({ area: found.area.area, date: day.date, currency: currency(), devices }, 200);
    })
    .openapi(getMonthly, async (c) => {
      const query = c.req.valid('query');
      const zone = views.zone();
      const month = `${query.year}-${String(query.month).padStart(2, '0')}`;
      const { startUs, endUs } = readMonth(month, 'year', zone);
      const found = await read(query, 'day', startUs, endUs);
      const days = gridOf(found, 'day', startUs, endUs).map((place) => ({
        date: localDate(place.startUs, zone),
        ...totalsOf(found, place.at),
      }));
      const own = byMeter(found.buckets);
      const whole = (id: string) => total(id, own.get(id) ?? [], startUs, endUs);
      const costs = found.area.tops.map((device) =>
        costSum((found.costs.get(device.entityId) ?? new Map<number, number | null>()).values()),
      );
      const totals = joinedTotals(
        found.area.tops.map((device) => whole(device.entityId)),
        costs,
        found.area.devices.map((device) => whole(device.entityId).onTimeUs),
        clock.nowUs(),
      );
      return c.json({ area: found.area.area, month, currency: currency(), totals, days }, 200);
    })
    .openapi(getTimeline, async (c) => {
      const query = c.req.valid('query');
      if (query.bucket % 15 !== 0)
        throw new HttpProblem(400, {
          detail: `Entries are of a quarter-hour; ${query.bucket} minutes are none of them.`,
          field: 'bucket',
          expected: 'a multiple of 15, from 15 to 1440',
        });
      const zone = views.zone();
      const bucketUs = query.bucket * minuteUs;
      const asked = readRange({
        asked: query,
        zone,
        nowUs: clock.nowUs(),
        longestDays: Math.floor((limits.timelineBuckets * bucketUs) / dayUs),
        defaults: 'required',
        includesEndDate: true,
      });
      const { startUs, endUs } = wholeQuarterHours(asked.startUs, asked.endUs);
      const edges = bucketEdges(startUs, endUs, 'hour', zone);
      // Hours of a clock at :30, or of one that is turned by half an hour, don't fill buckets that begin elsewhere.
      const isByHour =
        bucketUs % hourUs === 0 && edges.every((edgeUs, index) => edgeUs === startUs + index * hourUs);
      const period: Period = isByHour ? 'hour' : 'quarter';
      const area = devicesOf(home, query);
      const list = await pricesOrNone({ prices, stores, log });
      const span = { startUs, endUs, bucketUs };
      const found = await ask(() => readTimeline(views, list, area, period, span));
      const series = found.map((place) => ({
        timestamp: localIso(place.startUs, zone),
        ...placeTotals(place, area.tops.length, clock.nowUs()),
      }));
      return c.json(
        {
          area: area.area,
          time_range: { start: localIso(startUs, zone), end: localIso(endUs, zone) },
          bucket_minutes: query.bucket,
          series,
        },
        200,
      );
    });
}
