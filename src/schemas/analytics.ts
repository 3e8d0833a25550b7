import { z } from 'zod';
import { instant } from './common.ts';
import { instantOrDate, rangeFields, startAndEnd } from './ranges.ts';
import { grounds } from './statistics.ts';

/** `area` is a Home Assistant area; `classroom` is its other name. */
const area = {
  area: z.string().max(255).optional().describe('The name of a Home Assistant area; without it all areas'),
  classroom: z.string().max(255).optional().describe('Another name for `area`'),
};
/** The examples that this was made for are plain dates, and mean the last one too. */
const range = {
  ...rangeFields({
    start: 'needed, by this name or as `start`',
    end: 'needed, by this name or as `end`; an end that is a date includes that day',
  }),
  ...startAndEnd,
};
const date = z.iso.date().optional().describe("Default: the home's today");

export const areaDayQuery = z.object({ ...area, date });
export const areaMonthQuery = z.object({
  ...area,
  year: z.coerce.number().int().min(2000).max(2199),
  month: z.coerce.number().int().min(1).max(12),
});
export const timelineQuery = z.object({
  ...area,
  ...range,
  bucket: z.coerce.number().int().min(15).max(1440).default(60).describe('Minutes; a multiple of 15'),
});
export const exportQuery = z.object({ ...area, ...range });

const totals = {
  energy_kwh: z.number().nullable().describe('What the devices used, each of them once'),
  cost: z.number().nullable().describe("In the home's currency; null where a price is missing"),
  on_time_seconds: z.number().nullable().describe('All devices’ together, of those where it can be told'),
  ...grounds,
};

export const areaSummary = z.object({
  area: z.string().nullable(),
  date: z.string(),
  currency: z.string().nullable(),
  ...totals,
});
export const timeline = z.object({
  area: z.string().nullable(),
  time_range: z.object({ start: instant, end: instant }),
  bucket_minutes: z.number().int(),
  series: z.array(z.object({ timestamp: instant, ...totals })),
});
export const deviceBreakdown = z.object({
  area: z.string().nullable(),
  date: z.string(),
  currency: z.string().nullable(),
  devices: z.array(
    z.object({
      device_id: z.string(),
      name: z.string(),
      area: z.string().nullable(),
      share: z.number().nullable().describe('Of what all devices of the area used, 0 to 1'),
      ...totals,
    }),
  ),
});
export const areaMonth = z.object({
  area: z.string().nullable(),
  month: z.string(),
  currency: z.string().nullable(),
  totals: z.object(totals),
  days: z.array(z.object({ date: z.string(), ...totals })),
});

export const costVersion = z.object({
  id: z.string(),
  cost_per_kwh: z.number().describe("In the home's currency"),
  effective_from: instant,
  effective_until: instant.nullable().describe('When the next version of the same scope takes over'),
  area: z.string().nullable().describe('Null for the whole home'),
  notes: z.string(),
  created_at: instant,
});
export const costVersions = z.object({
  cost_versions: z.array(costVersion),
  currency: z.string().nullable(),
});
export const newCostVersion = z.object({
  cost_per_kwh: z.number().min(-100).max(100).describe("In the home's currency, to its millionth"),
  effective_from: instantOrDate.describe(
    'ISO 8601 instant with offset, or a date for its local midnight. A price that begins inside a quarter-hour holds from the next one on',
  ),
  ...area,
  notes: z.string().max(1000).default(''),
  confirm: z
    .boolean()
    .default(false)
    .describe(
      'Needed when it re-prices the past; without it such a version is answered with 409 and not saved',
    ),
  dry_run: z.boolean().default(false).describe('Answers what it would change (200), and saves nothing'),
});
export const recalculateRequest = z.object({
  ...range,
  ...area,
  dry_run: z.boolean().default(true),
});
export const recalculation = z.object({
  dry_run: z.boolean(),
  time_range: z.object({ start: instant, end: instant }),
  cost_before: z.number().nullable().describe('With the prices as they were; null where one was missing'),
  cost_after: z.number().nullable(),
  energy_kwh: z
    .number()
    .describe('What was priced: of the area’s devices, or what the home took from the grid'),
  unpriced_kwh: z.number().describe('Of it without a price afterwards'),
  days_changed: z.number().int().describe('Local days whose cost is another one afterwards'),
  meters: z
    .number()
    .int()
    .describe('Meters whose entries are posted anew from their readings; 0 in a dry run'),
});
export const costVersionNotes = z.object({ notes: z.string().max(1000) });
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
export const deleteCostVersion = z.object({
  dry_run: flag.describe('`true`: answers what it would change, and deletes nothing'),
  confirm: flag.describe('`true`: needed when it changes the cost of the past'),
});
export const deletedCostVersion = recalculation.extend({ cost_version: costVersion });

export type CostVersionRow = z.infer<typeof costVersion>;
export type CostVersionList = z.infer<typeof costVersions>;
export type NewCostVersion = z.input<typeof newCostVersion>;
export type Recalculation = z.infer<typeof recalculation>;
export type DeletedCostVersion = z.infer<typeof deletedCostVersion>;

export const analyticsHealth = z.object({
  telemetry_events_unprocessed: z
    .number()
    .int()
    .describe('Readings that wait for the store, and meters that wait to be posted'),
  ledger_entries_today: z
    .number()
    .int()
    .nullable()
    .describe('Quarter-hours of all meters; null while not known'),
  last_aggregation: instant.nullable().describe('When entries were last posted'),
  online_devices: z.number().int().describe('Devices that tell a value now'),
});
