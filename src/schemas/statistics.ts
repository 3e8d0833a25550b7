import { z } from 'zod';
import { entityId, instant, limits, meterId, nullableInstant } from './common.ts';
import { rangeFields } from './ranges.ts';

export const quality = z
  .enum(['measured', 'imported', 'recovered', 'hourly', 'estimated', 'none'])
  .describe(
    'The worst of the bucket: measured live, imported from a file, recovered from history, spread from hours, estimated, or nothing there',
  );

/** On every aggregated row: what it rests on. */
export const grounds = {
  coverage: z.number().min(0).max(1).describe('The part of the bucket that was measured'),
  quality,
  provisional: z.boolean().describe('True while later readings may still change it'),
};

export const period = z.enum(['quarter', 'hour', 'day', 'week', 'month', 'year']);

const range = rangeFields({
  start: 'default 24 hours (quarter, hour), 30 days (day) or 12 months (month) before the end',
  end: 'default now',
});

export const statisticsQuery = z.object({
  ...range,
  period: z
    .enum(['quarter', 'hour', 'day', 'month'])
    .default('hour')
    .describe('`quarter`: quarter-hours, of what has a ledger'),
  format: z.enum(['raw', 'chart']).default('raw'),
});

export const statisticsRow = z.object({
  timestamp: instant.describe('Start of the bucket'),
  state: z.number().nullable().describe("The register or value at the bucket's end, in `unit`"),
  sum: z
    .number()
    .nullable()
    .describe('What the meter counted in the bucket, in `unit` (kWh or m³); null for a value such as power'),
  mean: z
    .number()
    .nullable()
    .describe(
      'Mean power in W of a meter of energy, mean flow in m³/h of one of volume, over the time that is known; else the mean of the value, time-weighted, in `unit`',
    ),
  min: z
    .number()
    .nullable()
    .describe(
      'For meters the mean of the lowest quarter-hour that was measured whole, in W or m³/h; else of the value',
    ),
  max: z
    .number()
    .nullable()
    .describe(
      'For meters the mean of the highest quarter-hour that was measured whole, in W or m³/h; never made of hours; else of the value',
    ),
  cost: z
    .number()
    .nullable()
    .describe(
      "Of what was bought or used, in the home's currency; null when a price is missing, and for what has none (export, solar, gas, water, power)",
    ),
  ...grounds,
});

const column = z.array(z.number().nullable());
export const statisticsChart = z.object({
  x: z.array(z.number()).describe('Epoch seconds'),
  state: column,
  sum: column,
  mean: column,
  min: column,
  max: column,
  cost: column,
  coverage: z.array(z.number()),
  quality: z.array(quality),
  provisional: z.array(z.boolean()),
});

const timeRange = z.object({ start: instant, end: instant });

export const statistics = z.object({
  entity_id: meterId,
  period: z.enum(['quarter', 'hour', 'day', 'month']),
  time_range: timeRange,
  count: z.number().int(),
  data: z.union([z.array(statisticsRow), statisticsChart]).describe('Rows for `raw`, columns for `chart`'),
  meta: z.object({ unit: z.string().nullable(), currency: z.string().nullable(), time_zone: z.string() }),
});

const totals = {
  total: z.number().nullable().describe('In `unit`'),
  avg_power: z.number().nullable().describe('W'),
  peak: z.number().nullable().describe('Mean power of the highest measured quarter, W'),
  readings: z.number().int().describe('Quarter-hours with an entry; of a value its readings'),
  cost: z.number().nullable().describe("In the home's currency"),
  ...grounds,
};

export const rangeQuery = z.object(range);
export const dailyStatistics = z.object({
  entity_id: meterId,
  unit: z.string().nullable(),
  time_range: timeRange,
  data: z.array(z.object({ date: z.string().describe('YYYY-MM-DD in the home’s zone'), ...totals })),
});
export const monthlyStatistics = z.object({
  entity_id: meterId,
  unit: z.string().nullable(),
  time_range: timeRange,
  data: z.array(z.object({ month: z.string().describe('YYYY-MM in the home’s zone'), ...totals })),
});

export const statisticsSummary = z.object({
  entity_id: meterId,
  unit: z.string().nullable(),
  time_range: timeRange,
  summary: z.object({
    total_consumption: z.number().nullable().describe('In `unit`; null for a value such as power'),
    average_power: z.number().nullable().describe('W (m³/h of volume), over the time that is known'),
    peak_power: z.number().nullable().describe('Mean of the highest quarter-hour that was measured whole, W'),
    min_power: z.number().nullable().describe('Mean of the lowest one, W'),
    data_points: z.number().int().describe('Quarter-hours with an entry; of a value its readings'),
    cost: z.number().nullable().describe("In the home's currency"),
    ...grounds,
  }),
  trend: z.object({
    percentage_change: z.number().nullable().describe('Null when there is nothing to compare with'),
    direction: z.enum(['up', 'down', 'stable']).nullable().describe('stable within one per cent'),
    comparison_period: timeRange.describe('The span of equal length before'),
    comparison_total: z.number().nullable().describe('What is compared with: its total, or mean of a value'),
    comparison_coverage: z.number().min(0).max(1).describe('The part of that span that was measured'),
  }),
});

export const compareRequest = z.object({
  entity_ids: z.array(meterId).min(1).max(50),
  ...range,
  aggregation: z.enum(['hourly', 'daily', 'monthly']).default('daily'),
});
export const compareResult = z.object({
  time_range: timeRange,
  aggregation: z.enum(['hourly', 'daily', 'monthly']),
  timestamps: z.array(instant).describe('Starts of the buckets; every column below has one value for each'),
  results: z.record(
    meterId,
    z.object({
      unit: z.string().nullable(),
      sum: column,
      mean: column,
      max: column,
      cost: column,
      coverage: z.array(z.number()),
      quality: z.array(quality),
      provisional: z.array(z.boolean()),
    }),
  ),
});

export const syncRequest = z.object({
  entity_ids: z.array(entityId).max(limits.trackedEntities).optional(),
  ...rangeFields({ start: 'default as far back as there are rows', end: 'default now' }),
  period: z.enum(['5minute', 'hour']).optional(),
});
export const syncAccepted = z.object({ sync_id: z.string() });

export const syncStatus = z.object({
  entities: z.array(
    z.object({
      entity_id: entityId,
      last_sync: nullableInstant,
      records_count_24h: z.number().int(),
      recent_syncs: z.array(
        z.object({ type: z.string(), timestamp: instant, records: z.number().int(), status: z.string() }),
      ),
    }),
  ),
  total_tracked: z.number().int(),
});
