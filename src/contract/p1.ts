import { z } from 'zod';
import { instant, nullableInstant } from './common.ts';
import { grounds } from './statistics.ts';

/** A grid connection: the home's from the energy preferences, named `home`. */
export const deviceQuery = z.object({
  device_id: z
    .string()
    .max(64)
    .optional()
    .describe('A grid connection; default `home`, by the energy preferences'),
});

export const realtime = z.object({
  device_id: z.string(),
  ts: instant,
  power_w: z.number().nullable().describe('Net; import positive'),
  import_power_w: z.number().nullable(),
  energy_import_kwh: z.number().nullable().describe('Register readings, all tariffs together'),
  energy_export_kwh: z.number().nullable(),
});

export const capacityMonth = z.object({
  month: z.string(),
  device_id: z.string(),
  peaks: z.array(
    z.object({
      bucket: instant,
      avg_power_w: z.number(),
      quality: grounds.quality,
      provisional: z.boolean(),
    }),
  ),
  monthly_peak_w: z.number().nullable(),
  monthly_peak_ts: nullableInstant,
  at_least_w: z.number().nullable().describe('The peak was no lower, from all that is known'),
  at_most_w: z.number().nullable().describe('The peak was no higher; null while quarters are missing'),
  measured_quarters: z.number().int(),
  expected_quarters: z.number().int(),
  billed_peak_w: z.number().nullable().describe('Mean of the last months, each raised to the floor'),
  billed_months: z.number().int().describe('Months that the billed peak rests on'),
  floor_w: z.number(),
  rolling_12_month_w: z.array(
    z.object({ month: z.string(), peak_w: z.number().nullable(), peak_ts: nullableInstant }),
  ),
  top: z.array(z.object({ bucket: instant, avg_power_w: z.number() })).describe('The ten highest quarters'),
  meter_peak_w: z.number().nullable().describe("The meter's own month peak, when an entity carries it"),
  running: z
    .object({
      bucket: instant,
      so_far_w: z.number().nullable().describe('Mean power if nothing more were used'),
      projected_w: z.number().nullable().describe('If the present power goes on'),
    })
    .nullable()
    .describe('The quarter that runs now; null for other months'),
});
export type CapacityMonth = z.infer<typeof capacityMonth>;

export const seriesQuery = deviceQuery.extend({ frame: z.enum(['day', 'month', 'year', 'all']) });
export const series = z.object({
  device_id: z.string(),
  frame: z.enum(['day', 'month', 'year', 'all']),
  series: z.array(
    z.object({
      bucket: instant,
      avg_power_w: z.number().nullable().describe('Mean power taken from the grid, W'),
      max_power_w: z
        .number()
        .nullable()
        .describe('Mean power of the highest quarter-hour that was measured whole, W'),
      energy_import_kwh: z.number().nullable(),
      energy_export_kwh: z.number().nullable(),
      ...grounds,
    }),
  ),
});
