/** The home's balance: the range, the sums of flows from the views, their cost, and the answer. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { selfConsumption, selfSufficiency } from '../../balance/balance.ts';
import { type FlowId, flowIds, totalIds } from '../../balance/flow-posting.ts';
import type { balanceAmounts, balanceQuery } from '../../schemas/balance.ts';
import { type AnswerOf, route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { comparedWith } from '../../statistics/comparison.ts';
import {
  type HomeBalance,
  type HomeBucket,
  type HomeMeters,
  type MeterGroup,
  readHomeBalance,
} from '../../statistics/home-balance.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { localIso, type Period } from '../../units/calendar.ts';
import type { Interval } from '../../units/interval.ts';
import { costSum, rounded, roundedOrNull, valueOrNull } from '../answers/amounts.ts';
import { homeMeters } from '../answers/meters.ts';
import { costsOf, pricesOrNone } from '../answers/pricing.ts';
import { rangeOf, wholeDay } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';
import { timeRangeOf, unknownSourcesOf } from '../http/wire.ts';

type Answer = AnswerOf<'GET /api/balance'>;

export function balanceRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, prices: Prices) {
  app.openapi(route('GET /api/balance'), async (c) =>
    c.json(await balanceAnswer(deps, prices, c.req.valid('query')), 200),
  );
}

async function balanceAnswer(
  deps: ApiDeps,
  prices: Prices,
  query: z.output<typeof balanceQuery>,
): Promise<Answer> {
  const { period, compare } = query;
  const zone = deps.ledger.views.zone();
  const meters = homeMeters(deps.home);
  const range = rangeOf(deps, query, limits.spanDays[period], wholeDay);
  const asked = await readPriced(deps, prices, meters, period, range);
  const { startUs, endUs } = asked.total;
  const other = compare === 'none' ? null : comparedWith(startUs, endUs, zone, compare);
  const compared = other === null ? null : await readPriced(deps, prices, meters, period, other);
  return {
    ...sectionOf(asked, zone),
    period,
    time_zone: zone,
    currency: deps.home.config()?.currency ?? null,
    has: partsOf(meters),
    unknown_sources: unknownSourcesOf(deps.home),
    comparison:
      other === null || compared === null
        ? null
        : {
            ...sectionOf(compared, zone),
            rows: compared.rows.map((row) => ({
              ...rowOf(row, compared.costs, zone),
              aligned_start: localIso(other.aligned(row.startUs), zone),
            })),
          },
  };
}

type Costs = ReadonlyMap<number, number | null>;
type PricedBalance = HomeBalance & { readonly costs: Costs };

/** The balance over a range with the cost of what came from the grid, by the start of its bucket. */
async function readPriced(
  { clock, stores, ledger, log }: ApiDeps,
  prices: Prices,
  meters: HomeMeters,
  period: Period,
  { startUs, endUs }: Interval,
): Promise<PricedBalance> {
  const { views } = ledger;
  const [list, balance] = await Promise.all([
    pricesOrNone({ prices, stores, log }),
    fromStore(stores, 'questdb', () => readHomeBalance(views, meters, period, startUs, endUs, clock.nowUs())),
  ]);
  const costs = await fromStore(stores, 'questdb', () => costsOf(views, list, null, balance.gridIn));
  return { ...balance, costs };
}

function sectionOf({ total, rows, gridIn, costs }: PricedBalance, zone: string) {
  const known = gridIn.filter((bucket) => bucket.amountMicro !== null);
  const cost = costSum(known.map((bucket) => costs.get(bucket.startUs) ?? null));
  return {
    time_range: timeRangeOf(total, zone),
    total: amountsOf(total, cost),
    rows: rows.map((row) => rowOf(row, costs, zone)),
  };
}

function rowOf(bucket: HomeBucket, costs: Costs, zone: string): Answer['rows'][number] {
  return { ...timeRangeOf(bucket, zone), ...amountsOf(bucket, costs.get(bucket.startUs) ?? null) };
}

function amountsOf(bucket: HomeBucket, cost: number | null): z.infer<typeof balanceAmounts> {
  const flow = (id: FlowId) => bucket.flows.get(id) ?? null;
  const kwh = (id: FlowId) => valueOrNull(flow(id));
  const home = flow(flowIds.homeMwh);
  // A home without a grid takes nothing from it.
  const gridToHome = flow(flowIds.gridToHomeMwh) ?? (home === null ? null : 0);
  return {
    grid_in_kwh: kwh(totalIds.gridIn),
    grid_out_kwh: kwh(totalIds.gridOut),
    solar_kwh: kwh(totalIds.solar),
    battery_in_kwh: kwh(totalIds.batteryIn),
    battery_out_kwh: kwh(totalIds.batteryOut),
    home_kwh: valueOrNull(home),
    solar_to_home_kwh: kwh(flowIds.solarToHomeMwh),
    solar_to_battery_kwh: kwh(flowIds.solarToBatteryMwh),
    solar_to_grid_kwh: kwh(flowIds.solarToGridMwh),
    battery_to_home_kwh: kwh(flowIds.batteryToHomeMwh),
    battery_to_grid_kwh: kwh(flowIds.batteryToGridMwh),
    grid_to_home_kwh: kwh(flowIds.gridToHomeMwh),
    grid_to_battery_kwh: kwh(flowIds.gridToBatteryMwh),
    untracked_kwh: valueOrNull(bucket.untrackedMwh),
    unexplained_kwh: kwh(flowIds.unexplainedMwh),
    gas_m3: valueOrNull(bucket.gasMl),
    gas_kwh: valueOrNull(bucket.gasMwh),
    water_m3: valueOrNull(bucket.waterMl),
    self_sufficiency: roundedOrNull(selfSufficiency(home, gridToHome)),
    self_consumption: roundedOrNull(selfConsumption(flow(totalIds.solar), flow(flowIds.solarToHomeMwh))),
    cost,
    coverage: rounded(bucket.coverage),
    quality: bucket.quality,
    provisional: bucket.isProvisional,
  };
}

function partsOf({ sources, gas, gasEnergy, water }: HomeMeters): Answer['has'] {
  const hasAny = ({ ids, hasUnknown }: MeterGroup) => ids.length > 0 || hasUnknown;
  return {
    grid: sources.gridIn.length + sources.gridOut.length > 0,
    solar: sources.solar.length > 0,
    battery: sources.batteryIn.length + sources.batteryOut.length > 0,
    gas: hasAny(gas) || hasAny(gasEnergy),
    gas_energy: hasAny(gasEnergy),
    water: hasAny(water),
  };
}
