/** The home's balance as the wire tells it. */
import type { z } from 'zod';
import { selfConsumption, selfSufficiency } from '../../balance/balance.ts';
import { type FlowId, flowIds, totalIds } from '../../balance/flow-posting.ts';
import type { Home } from '../../home/home.ts';
import type { balanceAmounts, balanceRow, UnknownSources } from '../../schemas/balance.ts';
import type { HomeBucket } from '../../statistics/home-balance.ts';
import { localIso } from '../../units/calendar.ts';
import { rounded, valueOrNull } from './amounts.ts';

type Amounts = z.infer<typeof balanceAmounts>;

export function balanceAmountsOf(bucket: HomeBucket, cost: number | null): Amounts {
  const flow = (id: FlowId) => bucket.flows.get(id) ?? null;
  const kwh = (id: FlowId) => valueOrNull(flow(id));
  const home = flow(flowIds.homeMwh);
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

function roundedOrNull(share: number | null): number | null {
  return share === null ? null : rounded(share);
}

export function balanceRowOf(
  bucket: HomeBucket,
  cost: number | null,
  zone: string,
): z.infer<typeof balanceRow> {
  return {
    start: localIso(bucket.startUs, zone),
    end: localIso(bucket.endUs, zone),
    ...balanceAmountsOf(bucket, cost),
  };
}

export function unknownSourcesOf(home: Pick<Home, 'unknownSources'>): UnknownSources {
  return home
    .unknownSources()
    .map(({ statisticId, role, reason }) => ({ statistic_id: statisticId, role, reason }));
}
