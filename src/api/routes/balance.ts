import { createRoute, OpenAPIHono, type z } from '@hono/zod-openapi';
import { flowIds } from '../../balance/flow-posting.ts';
import { balance, balanceQuery, type balanceRow, devices, devicesQuery } from '../../schemas/balance.ts';
import { limits } from '../../schemas/common.ts';
import { type Bucket, total } from '../../statistics/bucket.ts';
import { comparedWith } from '../../statistics/comparison.ts';
import { deviceMeters, deviceTree, topDevices } from '../../statistics/device-tree.ts';
import { type HomeBalance, type MeterGroup, readHomeBalance } from '../../statistics/home-balance.ts';
import { byMeter, spanBuckets, wholeQuarterHours } from '../../statistics/span-totals.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { bucketStartUs, localIso, nextBucketUs, type Period } from '../../units/calendar.ts';
import { costSum, groundsOf, rounded, secondsOrNull, valueOrNull } from '../answers/amounts.ts';
import { balanceAmountsOf, balanceRowOf, unknownSourcesOf } from '../answers/balance-answer.ts';
import { homeMeters } from '../answers/meters.ts';
import { costsOf, pricesOrNone, totalCost } from '../answers/pricing.ts';
import { type AskedRange, readRange } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, onValidated } from '../http/problems.ts';
import { json, problems } from './answers.ts';

const getBalance = createRoute({
  method: 'get',
  path: '/api/balance',
  tags: ['Balance'],
  summary: 'Where the home’s energy came from and went',
  description: `Buckets of the home’s clock that touch the range, whole ones: quarters over at most ${limits.spanDays.quarter} days, hours over ${limits.spanDays.hour}, days and weeks over ${limits.spanDays.day}. Energy in kWh, gas and water in m³. Flows are matched per quarter-hour and then summed, in the order of Home Assistant’s energy dashboard. \`compare\` adds the span before, or the same a year ago, aligned by the wall clock.`,
  request: { query: balanceQuery },
  responses: { 200: json(balance, 'The balance'), ...problems(400, 503) },
});

const getDevices = createRoute({
  method: 'get',
  path: '/api/devices',
  tags: ['Balance'],
  summary: 'What devices used, as a tree',
  description: `At most ${limits.totalDays} days; the range is widened to whole quarter-hours. Energy in kWh. A device’s own part is its total less what it contains; \`untracked_kwh\` is negative when devices meter more than the home does.`,
  request: { query: devicesQuery },
  responses: { 200: json(devices, 'Devices, parents before their children'), ...problems(400, 503) },
});

export function balanceRoutes(deps: ApiDeps, prices: Prices) {
  const { home, clock, stores, ledger, log } = deps;
  const { views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const currency = () => home.config()?.currency ?? null;

  /** Default: the home's today. */
  const rangeOf = (asked: AskedRange, longestDays: number) => {
    const nowUs = clock.nowUs();
    const zone = views.zone();
    const todayUs = bucketStartUs(nowUs, 'day', zone);
    return readRange({
      asked,
      zone,
      nowUs,
      longestDays,
      defaults: {
        endUs: nextBucketUs(todayUs, 'day', zone),
        startUs: (endUs) => bucketStartUs(Math.min(endUs - 1, nowUs), 'day', zone),
      },
    });
  };

  const readOne = async (period: Period, startUs: number, endUs: number) => {
    const meters = homeMeters(home);
    const [list, read] = await Promise.all([
      pricesOrNone({ prices, stores, log }),
      ask(() => readHomeBalance(views, meters, period, startUs, endUs, clock.nowUs())),
    ]);
    const costs = await ask(() => costsOf(views, list, null, read.gridIn));
    return { read, costs };
  };

  const told = ({ read, costs }: { read: HomeBalance; costs: ReadonlyMap<number, number | null> }) => {
    const zone = views.zone();
    const rows: z.infer<typeof balanceRow>[] = read.rows.map((row) =>
      balanceRowOf(row, costs.get(row.startUs) ?? null, zone),
    );
    const known = read.gridIn.filter((bucket) => bucket.amountMicro !== null);
    return {
      time_range: { start: localIso(read.total.startUs, zone), end: localIso(read.total.endUs, zone) },
      total: balanceAmountsOf(read.total, costSum(known.map((bucket) => costs.get(bucket.startUs) ?? null))),
      rows,
    };
  };

  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
    .openapi(getBalance, async (c) => {
      const query = c.req.valid('query');
      const { period, compare } = query;
      const range = rangeOf(query, limits.spanDays[period]);
      const asked = await readOne(period, range.startUs, range.endUs);
      const { startUs, endUs } = asked.read.total;
      const zone = views.zone();
      const other = compare === 'none' ? null : comparedWith(startUs, endUs, zone, compare);
      const compared = other === null ? null : await readOne(period, other.startUs, other.endUs);
      const { sources, ...volumes } = homeMeters(home);
      const hasAny = ({ ids, hasUnknown }: MeterGroup) => ids.length > 0 || hasUnknown;
      const answer = compared === null ? null : told(compared);
      return c.json(
        {
          ...told(asked),
          period,
          time_zone: zone,
          currency: currency(),
          has: {
            grid: sources.gridIn.length + sources.gridOut.length > 0,
            solar: sources.solar.length > 0,
            battery: sources.batteryIn.length + sources.batteryOut.length > 0,
            gas: hasAny(volumes.gas) || hasAny(volumes.gasEnergy),
            gas_energy: hasAny(volumes.gasEnergy),
            water: hasAny(volumes.water),
          },
          unknown_sources: unknownSourcesOf(home),
          comparison:
            answer === null || other === null || compared === null
              ? null
              : {
                  ...answer,
                  rows: answer.rows.map((row, index) => ({
                    ...row,
                    aligned_start: localIso(
                      other.aligned(compared.read.rows[index]?.startUs ?? startUs),
                      zone,
                    ),
                  })),
                },
        },
        200,
      );
    })
    .openapi(getDevices, async (c) => {
      const query = c.req.valid('query');
      const asked = rangeOf(query, limits.totalDays);
      const { startUs, endUs } = wholeQuarterHours(asked.startUs, asked.endUs);
      const nowUs = clock.nowUs();
      const meters = deviceMeters(home.entities());
      const ids = [...meters.map((device) => device.entityId), flowIds.homeMwh];
      const [list, buckets] = await Promise.all([
        pricesOrNone({ prices, stores, log }),
        ask(() => spanBuckets(views, ids, startUs, endUs)),
      ]);
      const pieces = byMeter(buckets);
      const totalOf = (id: string): Bucket => total(id, pieces.get(id) ?? [], startUs, endUs);
      const totals = new Map(ids.map((id) => [id, totalOf(id)]));
      const nodes = deviceTree(meters, (id) => totals.get(id) ?? totalOf(id));
      const costs = new Map(
        await Promise.all(
          nodes.map(
            async (node) =>
              [
                node.entityId,
                await ask(() => totalCost(views, list, node, pieces.get(node.entityId) ?? [])),
              ] as const,
          ),
        ),
      );
      const homeMwh = totals.get(flowIds.homeMwh)?.amountMicro ?? null;
      const tops = topDevices(meters).map((device) => totals.get(device.entityId)?.amountMicro ?? null);
      const known = tops.filter((amount) => amount !== null);
      const trackedMwh = known.length === 0 ? null : known.reduce((sum, amount) => sum + amount, 0);
      const zone = views.zone();
      return c.json(
        {
          time_range: { start: localIso(startUs, zone), end: localIso(endUs, zone) },
          currency: currency(),
          home_kwh: valueOrNull(homeMwh),
          tracked_kwh: valueOrNull(trackedMwh),
          untracked_kwh: valueOrNull(homeMwh === null ? null : homeMwh - (trackedMwh ?? 0)),
          devices: nodes.map((node) => ({
            entity_id: node.entityId,
            name: node.name,
            area: node.area,
            parent: node.parentEntityId,
            energy_kwh: valueOrNull(node.bucket.amountMicro),
            own_kwh: valueOrNull(node.ownMwh),
            cost: costs.get(node.entityId) ?? null,
            share:
              homeMwh === null || homeMwh <= 0 || node.bucket.amountMicro === null || node.isSource
                ? null
                : rounded(node.bucket.amountMicro / homeMwh),
            on_time_seconds: secondsOrNull(node.bucket.onTimeUs),
            ...groundsOf(node.bucket, nowUs),
          })),
        },
        200,
      );
    });
}
