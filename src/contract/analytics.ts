import { z } from 'zod';
import { instant } from './common.ts';
import { grounds } from './statistics.ts';

/** `area` is a Home Assistant area; `classroom` is its other name. */
const area = { area: z.string().max(255).optional(), classroom: z.string().max(255).optional() };
const date = z.iso.date().optional().describe("Default: the home's today");

export const areaDayQuery = z.object({ ...area, date });
export const areaMonthQuery = z.object({
  ...area,
  year: z.coerce.number().int().min(1970).max(2200),
  month: z.coerce.number().int().min(1).max(12),
});
export const timelineQuery = z.object({
  ...area,
  start: instant,
  end: instant,
  bucket: z.coerce.number().int().min(15).max(1440).default(60).describe('Minutes; a multiple of 15'),
});
export const exportQuery = z.object({ ...area, start: instant, end: instant });

const totals = {
  energy_kwh: z.number().nullable(),
  cost: z.number().nullable(),
  on_time_seconds: z.number().nullable(),
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
      share: z.number().nullable(),
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
  cost_per_kwh: z.number(),
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
  cost_per_kwh: z.number().min(-100).max(100),
  effective_from: instant,
  ...area,
  notes: z.string().max(1000).default(''),
  confirm: z
    .boolean()
    .default(false)
    .describe('Needed when it re-prices the past; without it nothing is saved'),
});
export const recalculateRequest = z.object({
  start: instant,
  end: instant,
  ...area,
  dry_run: z.boolean().default(true),
});
export const recalculation = z.object({
  dry_run: z.boolean(),
  time_range: z.object({ start: instant, end: instant }),
  cost_before: z.number().nullable(),
  cost_after: z.number().nullable(),
  energy_kwh: z.number(),
  unpriced_kwh: z.number(),
  days_changed: z.number().int(),
});
export const analyticsHealth = z.object({
  telemetry_events_unprocessed: z.number().int(),
  ledger_entries_today: z.number().int().nullable(),
  last_aggregation: instant.nullable(),
  online_devices: z.number().int(),
});
