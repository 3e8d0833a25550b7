import { z } from 'zod';
import { type CallTable, json, problems } from './call.ts';
import { entityId, instant, limits } from './common.ts';
import { role } from './entities.ts';
import { rangeFields } from './ranges.ts';
import { grounds, period } from './statistics.ts';

const range = rangeFields({
  start: "default the start of the home's day",
  end: 'default the end of that day',
});

export const balanceQuery = z.object({
  ...range,
  period: period.default('hour'),
  compare: z
    .enum(['none', 'previous', 'year'])
    .default('none')
    .describe('Also the period before, or a year before'),
});

const kwh = z.number().nullable().describe('kWh; null when not known');

/** Energy of one bucket. Balances are made per quarter-hour and then summed. */
export const balanceAmounts = z.object({
  grid_in_kwh: kwh,
  grid_out_kwh: kwh,
  solar_kwh: kwh,
  battery_in_kwh: kwh,
  battery_out_kwh: kwh,
  home_kwh: kwh,
  solar_to_home_kwh: kwh,
  solar_to_battery_kwh: kwh,
  solar_to_grid_kwh: kwh,
  battery_to_home_kwh: kwh,
  battery_to_grid_kwh: kwh,
  grid_to_home_kwh: kwh,
  grid_to_battery_kwh: kwh,
  untracked_kwh: kwh.describe(
    'home less top-level devices; negative when devices meter more than the home does',
  ),
  unexplained_kwh: kwh.describe(
    'More fed in and stored than came from any source: meters that do not report at the same instant',
  ),
  gas_m3: z.number().nullable().describe('Of meters that count gas by volume'),
  gas_kwh: kwh.describe('Of meters that count gas as energy; null when not known'),
  water_m3: z.number().nullable(),
  self_sufficiency: z.number().nullable().describe('0 to 1'),
  self_consumption: z.number().nullable().describe('0 to 1'),
  cost: z
    .number()
    .nullable()
    .describe("Of what came from the grid, in the home's currency; null where a price is missing"),
  ...grounds,
});

const balanceRow = balanceAmounts.extend({ start: instant, end: instant });

export const unknownSources = z
  .array(
    z.object({
      statistic_id: z.string().describe('As the energy preferences of Home Assistant name it'),
      role,
      reason: z
        .enum(['no_entity', 'no_statistic', 'unknown_unit', 'other_quantity', 'not_tracked'])
        .describe(
          '`no_entity`, `no_statistic`: Home Assistant does not have it (renamed, deleted, disabled); `unknown_unit`, `other_quantity`: its unit is not one of energy (gas and water: or volume); `not_tracked`: it is there and not chosen to be recorded',
        ),
    }),
  )
  .describe(
    'Sources of the energy preferences without data now. Figures that include one are null and never 0: without its grid a home has no known use, self-sufficiency or peak',
  );
export type UnknownSources = z.infer<typeof unknownSources>;

export const balance = z.object({
  time_range: z.object({ start: instant, end: instant }),
  period,
  time_zone: z.string(),
  currency: z.string().nullable(),
  has: z
    .object({
      grid: z.boolean(),
      solar: z.boolean(),
      battery: z.boolean(),
      gas: z.boolean(),
      gas_energy: z.boolean().describe('Gas that is counted in kWh: `gas_kwh`'),
      water: z.boolean(),
    })
    .describe('What the home has, by the energy preferences'),
  unknown_sources: unknownSources,
  total: balanceAmounts,
  rows: z.array(balanceRow),
  comparison: z
    .object({
      time_range: z.object({ start: instant, end: instant }),
      total: balanceAmounts,
      rows: z.array(
        balanceRow.extend({
          aligned_start: instant.describe(
            'Where this row stands on the time of `rows`: the same place by the wall clock',
          ),
        }),
      ),
    })
    .nullable(),
});
export type BalanceAnswer = z.infer<typeof balance>;

export const devicesQuery = z.object(range);
const deviceRow = z.object({
  entity_id: entityId,
  name: z.string(),
  area: z.string().nullable(),
  parent: entityId.nullable(),
  energy_kwh: z.number().nullable(),
  own_kwh: z.number().nullable().describe('Its total less its children'),
  cost: z.number().nullable(),
  share: z.number().nullable().describe("Part of the home's use, 0 to 1; null for a source of the balance"),
  on_time_seconds: z.number().nullable(),
  ...grounds,
});
export const devices = z.object({
  time_range: z.object({ start: instant, end: instant }),
  currency: z.string().nullable(),
  home_kwh: z.number().nullable(),
  tracked_kwh: z
    .number()
    .nullable()
    .describe(
      'Top-level devices together, without those that are sources of the balance themselves (a roof or a battery named as a device): theirs is no use of the home',
    ),
  untracked_kwh: z.number().nullable(),
  devices: z.array(deviceRow).describe('Parents before their children'),
});
export type DevicesAnswer = z.infer<typeof devices>;

export const balanceCalls = {
  'GET /api/balance': {
    tags: ['Balance'],
    summary: 'Where the home’s energy came from and went',
    description: `Buckets of the home’s clock that touch the range, whole ones: quarter-hours over at most ${limits.spanDays.quarter} days, hours over ${limits.spanDays.hour}, days and weeks over ${limits.spanDays.day}. Energy in kWh, gas and water in m³. Flows are matched per quarter-hour and then summed, in the order of Home Assistant’s energy dashboard. \`compare\` adds the span before, or the same a year ago, aligned by the wall clock.`,
    request: { query: balanceQuery },
    responses: { 200: json(balance, 'The balance'), ...problems(400, 503) },
  },
  'GET /api/devices': {
    tags: ['Balance'],
    summary: 'What devices used, as a tree',
    description: `At most ${limits.totalDays} days; the range is widened to whole quarter-hours. Energy in kWh. A device’s own part is its total less what it contains; \`untracked_kwh\` is negative when devices meter more than the home does.`,
    request: { query: devicesQuery },
    responses: { 200: json(devices, 'Devices, parents before their children'), ...problems(400, 503) },
  },
} satisfies CallTable;
