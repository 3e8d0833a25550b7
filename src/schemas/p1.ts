import { z } from 'zod';
import { type CallTable, json, problems } from './call.ts';
import { instant, nullableInstant } from './common.ts';
import { grounds } from './statistics.ts';

/** A grid connection: the home's from the energy preferences, named `home`, or one that the user named. */
const deviceQuery = z.object({
  device_id: z
    .string()
    .max(64)
    .optional()
    .describe('A grid connection of /api/grid-connections; default `home`, by the energy preferences'),
});

export const realtime = z.object({
  device_id: z.string(),
  ts: instant,
  power_w: z.number().nullable().describe('Net; import positive'),
  import_power_w: z.number().nullable(),
  energy_import_kwh: z.number().nullable().describe('Register readings, all tariffs together'),
  energy_export_kwh: z.number().nullable(),
});

const peakReason = z
  .enum(['nothing_known', 'only_bounds_are_known'])
  .nullable()
  .describe(
    'Why there is no peak: nothing is known, or too little was measured and bounds say what it lies between',
  );
const coverage = z
  .number()
  .nullable()
  .describe('Part of the windows so far that was measured; null before any is over');
const provisional = z.boolean().describe('The month is not over');
const atLeast = z.number().nullable().describe('The peak was no lower, from all that is known');
const atMost = z.number().nullable().describe('The peak was no higher; null while quarter-hours are missing');
const peak = z.object({ bucket: instant, avg_power_w: z.number() });

export const capacityMonth = z.object({
  month: z.string(),
  device_id: z.string(),
  rule: z
    .object({
      name: z.string(),
      window_minutes: z.number().int(),
      peaks: z.number().int().describe('The peak of a month is the mean of so many highest windows'),
      one_per_day: z.boolean(),
      counting: z
        .object({
          weekdays: z.array(z.number().int()).describe('1 is Monday'),
          from_hour: z.number().int(),
          until_hour: z.number().int(),
        })
        .nullable()
        .describe('Windows that count, by the wall clock; null when all do'),
      months: z.number().int(),
      floor_w: z.number(),
    })
    .describe('How peaks are billed in this month'),
  peaks: z
    .array(
      z.object({
        bucket: instant,
        avg_power_w: z.number(),
        quality: grounds.quality,
        provisional: z.boolean(),
      }),
    )
    .describe('Every quarter-hour that is known'),
  monthly_peak_w: z.number().nullable(),
  monthly_peak_ts: nullableInstant,
  reason: peakReason,
  at_least_w: atLeast,
  at_most_w: atMost,
  measured_quarters: z
    .number()
    .int()
    .describe('Windows that count and were measured; quarter-hours in Flanders'),
  expected_quarters: z.number().int().describe('Windows that count and are over'),
  coverage,
  provisional,
  counted: z.array(peak).describe('The windows that the peak is the mean of'),
  billed_peak_w: z
    .number()
    .nullable()
    .describe('Mean over those of the last months with a known peak, each raised to the floor'),
  billed_reason: peakReason,
  billed_months: z.number().int().describe('Months that the billed peak rests on'),
  billed_partial_months: z
    .number()
    .int()
    .describe('Of those, the ones in which a part was not measured: their peak may have been higher'),
  billed_of_months: z.number().int().describe('Months that the rule takes the mean of'),
  billed_at_least_w: z
    .number()
    .nullable()
    .describe('The mean over all those months was no lower; a month without data counts for the floor'),
  billed_at_most_w: z
    .number()
    .nullable()
    .describe('It was no higher; null while the highest of a month is not known'),
  floor_w: z.number(),
  rolling_12_month_w: z.array(
    z.object({
      month: z.string(),
      peak_w: z.number().nullable(),
      peak_ts: nullableInstant,
      counted_w: z
        .number()
        .nullable()
        .describe(
          'What the month counts for: its peak, no less than the floor nor than at_least_w; null when none is known',
        ),
      reason: peakReason,
      at_least_w: atLeast,
      at_most_w: atMost,
      coverage,
      provisional,
    }),
  ),
  top: z.array(peak).describe('The ten highest windows'),
  meter_peak_w: z
    .number()
    .nullable()
    .describe("The meter's own month peak, when an entity carries it; beside ours and never in its place"),
  meter_difference_w: z
    .number()
    .nullable()
    .describe('The meter’s less `monthly_peak_w`; null when one of them is not known'),
  meter_difference_reason: z
    .enum(['rounding', 'not_measured', 'running', 'unexplained'])
    .nullable()
    .describe(
      'What explains it. `rounding`: steps of registers and the instants of readings (20 W, or 1 %); `not_measured`: the meter’s lies within what is left open between `at_least_w` and `at_most_w`; `running`: our peak is recent and the meter has not reported it yet; `unexplained`: nothing of that. Null when there is nothing to compare',
    ),
  running: z
    .object({
      bucket: instant,
      until: instant,
      so_far_w: z.number().nullable().describe('Mean power if nothing more were used'),
      projected_w: z.number().nullable().describe('If the present power goes on'),
      limit_w: z.number().describe('Up to here no bill gets higher: the month’s peak so far, or the floor'),
      left_kwh: z.number().nullable().describe('What may still be used until that'),
      left_w: z.number().nullable().describe('The same as mean power of the time that is left'),
    })
    .nullable()
    .describe('The window that runs now; null for other months, and when it does not count'),
});
export type CapacityMonth = z.infer<typeof capacityMonth>;

const seriesQuery = deviceQuery.extend({ frame: z.enum(['day', 'month', 'year', 'all']) });
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

export const p1Calls = {
  'GET /v1/realtime': {
    tags: ['P1'],
    summary: 'The grid connection now',
    description:
      'From memory, never older than the last reading. Power in W, import positive; registers in kWh, both tariffs together. Null while a sensor reports no value.',
    request: { query: deviceQuery },
    responses: { 200: json(realtime, 'Now'), ...problems(400, 404, 503) },
  },
  'GET /v1/capacity/month/{month}': {
    tags: ['P1'],
    summary: 'Quarter-hour peaks of a month',
    description:
      'Mean power of each quarter-hour of the clock taken from the grid, in W. The month’s peak is the highest quarter-hour that was measured whole, the first of equals; where only hours are known they bound it (`at_least_w`, `at_most_w`) and never are it. `month` is YYYY-MM in the home’s time zone.',
    request: { params: z.object({ month: z.string().max(16) }), query: deviceQuery },
    responses: { 200: json(capacityMonth, 'The month'), ...problems(400, 404, 503) },
  },
  'GET /v1/series': {
    tags: ['P1'],
    summary: 'The grid connection over a day, month, year or all',
    description:
      '`day`: hours of today; `month`: weeks of this month, cut at its ends; `year` and `all`: months. Up to now. Energy in kWh; mean and highest quarter-hour of what was taken from the grid, in W. Empty when nothing is known.',
    request: { query: seriesQuery },
    responses: { 200: json(series, 'Buckets, ascending'), ...problems(400, 404, 503) },
  },
} satisfies CallTable;
