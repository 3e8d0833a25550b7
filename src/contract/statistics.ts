import { z } from 'zod';
import { entityId, instant, limits, nullableInstant } from './common.ts';

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

const range = {
  start_time: instant
    .optional()
    .describe('Default 24 hours (hour), 30 days (day) or 12 months (month) before the end'),
  end_time: instant.optional().describe('Exclusive; default now'),
};

export const statisticsQuery = z.object({
  ...range,
  period: z.enum(['hour', 'day', 'month']).default('hour'),
  format: z.enum(['raw', 'chart']).default('raw'),
});

export const statisticsRow = z.object({
  timestamp: instant.describe('Start of the bucket'),
  state: z.number().nullable().describe("The register or value at the bucket's end, in `unit`"),
  sum: z
    .number()
    .nullable()
    .describe('What the meter counted in the bucket, in `unit` (kWh or m³); null for power'),
  mean: z.number().nullable().describe('Mean power in W (meters of energy), or of the value, time-weighted'),
  min: z.number().nullable(),
  max: z.number().nullable().describe('For meters of energy the mean power of the highest quarter, in W'),
  cost: z.number().nullable().describe("In the home's currency; null when a price is missing"),
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
  entity_id: entityId,
  period: z.enum(['hour', 'day', 'month']),
  time_range: timeRange,
  count: z.number().int(),
  data: z.union([z.array(statisticsRow), statisticsChart]).describe('Rows for `raw`, columns for `chart`'),
  meta: z.object({ unit: z.string().nullable(), currency: z.string().nullable(), time_zone: z.string() }),
});

const totals = {
  total: z.number().nullable().describe('In `unit`'),
  avg_power: z.number().nullable().describe('W'),
  peak: z.number().nullable().describe('Mean power of the highest measured quarter, W'),
  readings: z.number().int(),
  cost: z.number().nullable(),
  ...grounds,
};

export const rangeQuery = z.object(range);
export const dailyStatistics = z.object({
  entity_id: entityId,
  unit: z.string().nullable(),
  time_range: timeRange,
  data: z.array(z.object({ date: z.string().describe('YYYY-MM-DD in the home’s zone'), ...totals })),
});
export const monthlyStatistics = z.object({
  entity_id: entityId,
  unit: z.string().nullable(),
  time_range: timeRange,
  data: z.array(z.object({ month: z.string().describe('YYYY-MM in the home’s zone'), ...totals })),
});

export const statisticsSummary = z.object({
  entity_id: entityId,
  unit: z.string().nullable(),
  time_range: timeRange,
  summary: z.object({
    total_consumption: z.number().nullable(),
    average_power: z.number().nullable(),
    peak_power: z.number().nullable(),
    min_power: z.number().nullable(),
    data_points: z.number().int().describe('Quarter-hours with an entry'),
    cost: z.number().nullable(),
    ...grounds,
  }),
  trend: z.object({
    percentage_change: z.number().nullable().describe('Null when there is nothing to compare with'),
    direction: z.enum(['up', 'down', 'stable']).nullable(),
    comparison_period: timeRange.describe('The span of equal length before'),
  }),
});

export const compareRequest = z.object({
  entity_ids: z.array(entityId).min(1).max(50),
  start_time: instant.optional(),
  end_time: instant.optional(),
  aggregation: z.enum(['hourly', 'daily', 'monthly']).default('daily'),
});
export const compareResult = z.object({
  time_range: timeRange,
  aggregation: z.enum(['hourly', 'daily', 'monthly']),
  timestamps: z.array(instant).describe('Starts of the buckets; every column below has one value for each'),
  results: z.record(
    entityId,
    z.object({
      unit: z.string().nullable(),
      sum: column,
      mean: column,
      max: column,
      coverage: z.array(z.number()),
      quality: z.array(quality),
    }),
  ),
});

export const syncRequest = z.object({
  entity_ids: z.array(entityId).max(limits.trackedEntities).optional(),
  start_time: instant.optional(),
  end_time: instant.optional(),
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
