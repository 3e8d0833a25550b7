import { z } from 'zod';
import { comparedColumns, figureColumns, figureFields } from '../statistics/figures/figures.ts';
import { body, type CallTable, json, optionalBody, problems } from './call.ts';
import { entityId, instant, limits, meterId, nullableInstant } from './common.ts';
import { rangeFields } from './ranges.ts';
import { syncRun } from './readings.ts';

export const quality = z
  .enum(['measured', 'imported', 'recovered', 'hourly', 'estimated', 'none'])
  .describe(
    'The worst of the bucket: measured live, imported from a file, recovered from history, spread from hours, estimated, or nothing there',
  );

/** Data quality, on every aggregated row. */
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

const statisticsQuery = z.object({
  ...range,
  period: z
    .enum(['quarter', 'hour', 'day', 'month'])
    .default('hour')
    .describe('`quarter`: quarter-hours, of what has a ledger'),
  format: z.enum(['raw', 'chart']).default('raw'),
});

export const statisticsRow = z.object({
  timestamp: instant.describe('Start of the bucket'),
  ...figureFields,
  ...grounds,
});

const groundsColumns = {
  coverage: z.array(z.number()),
  quality: z.array(quality),
  provisional: z.array(z.boolean()),
};

export const statisticsChart = z.object({
  x: z.array(z.number()).describe('Epoch seconds'),
  ...figureColumns,
  ...groundsColumns,
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
  peak: z.number().nullable().describe('Mean power of the highest measured quarter-hour, W'),
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
      ...comparedColumns,
      ...groundsColumns,
    }),
  ),
});

const syncRequest = z.object({
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

const ofMeter = z.object({ entity_id: meterId });
const about =
  'Energy in kWh, volume in m³, power in W. Meters are read from their ledger, values from their readings. Buckets are those of the home’s clock, whole ones that touch the range.';

export const statisticsCalls = {
  'POST /api/statistics/sync': {
    tags: ['Statistics'],
    summary: 'Fetch Home Assistant’s statistics once more',
    description:
      'Whatever is stored already; of every tracked entity and as far back as there are rows when nothing is named. Answers at once; the run is at /api/statistics/sync/{sync_id}. It happens by itself for new entities and once a day. One at a time: the same again answers the run that is at work, something else 409. For administrators.',
    request: { body: optionalBody(syncRequest) },
    responses: { 202: json(syncAccepted, 'Accepted'), ...problems(400, 403, 409) },
  },
  'GET /api/statistics/sync/{sync_id}': {
    tags: ['Statistics'],
    summary: 'Progress of a run',
    request: { params: z.object({ sync_id: z.string().min(1).max(64) }) },
    responses: { 200: json(syncRun, 'The run'), ...problems(404, 503) },
  },
  'GET /api/statistics/sync-status': {
    tags: ['Statistics'],
    summary: 'Statistics fetched for each tracked entity',
    responses: { 200: json(syncStatus, 'By entity'), ...problems(503) },
  },
  'GET /api/statistics/{entity_id}': {
    tags: ['Statistics'],
    summary: 'Statistics of one entity',
    description: `${about} Quarter-hours over at most ${limits.spanDays.quarter} days, hours over ${limits.spanDays.hour}, days over ${limits.spanDays.day}, months over ${limits.spanDays.month}. \`format=chart\` answers columns.`,
    request: { params: ofMeter, query: statisticsQuery },
    responses: { 200: json(statistics, 'Rows or columns'), ...problems(400, 404, 503) },
  },
  'GET /api/statistics/{entity_id}/daily': {
    tags: ['Statistics'],
    summary: 'Days of one entity',
    description: `${about} At most ${limits.spanDays.day} days; default the last 30.`,
    request: { params: ofMeter, query: rangeQuery },
    responses: { 200: json(dailyStatistics, 'Days'), ...problems(400, 404, 503) },
  },
  'GET /api/statistics/{entity_id}/monthly': {
    tags: ['Statistics'],
    summary: 'Months of one entity',
    description: `${about} Default the last twelve.`,
    request: { params: ofMeter, query: rangeQuery },
    responses: { 200: json(monthlyStatistics, 'Months'), ...problems(400, 404, 503) },
  },
  'GET /api/statistics/{entity_id}/summary': {
    tags: ['Statistics'],
    summary: 'One entity over a range, and the trend',
    description: `Over whole quarter-hours of at most ${limits.totalDays} days; default the last 24 hours. The trend is against the span of equal length before; how much of that was measured stands beside it.`,
    request: { params: ofMeter, query: rangeQuery },
    responses: { 200: json(statisticsSummary, 'Summary'), ...problems(400, 404, 503) },
  },
  'POST /api/statistics/compare': {
    tags: ['Statistics'],
    summary: 'Several entities side by side',
    description: `Asked of the store together and aligned on one list of timestamps. Hours over at most ${limits.compareDays.hourly} days, days over ${limits.compareDays.daily}, months over ${limits.compareDays.monthly}. Defaults as for one entity.`,
    request: { body: body(compareRequest) },
    responses: { 200: json(compareResult, 'Columns by entity'), ...problems(400, 404, 503) },
  },
} satisfies CallTable;
