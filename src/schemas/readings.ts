import { z } from 'zod';
import { entityId, instant, limits, nullableInstant } from './common.ts';
import { rangeFields, sinceAndUntil } from './ranges.ts';

const range = rangeFields({ start: 'default 24 hours ago', end: 'default now' });

export const readingsQuery = z.object({
  ...range,
  ...sinceAndUntil,
  limit: z.coerce.number().int().min(1).max(limits.readingsPerPage).default(limits.readingsPerPageDefault),
  cursor: z.string().max(64).optional().describe('next_cursor of the page before'),
});

export const reading = z.object({
  timestamp: instant.describe('With microseconds'),
  state: z.number().nullable().describe('In `unit`; null while there was none'),
  absence: z.enum(['unavailable', 'unknown', 'removed']).nullable().describe('Why `state` is null'),
  unit: z.string().nullable(),
  previous_state: z
    .number()
    .nullable()
    .describe('The last number before this reading; null when there is none'),
  origin: z.enum(['stream', 'history', 'import', 'mqtt']),
});
export type ReadingRow = z.infer<typeof reading>;

export const readings = z.object({
  entity_id: entityId,
  since: instant,
  count: z.number().int(),
  readings: z.array(reading),
  next_cursor: z.string().nullable(),
});
export type Readings = z.infer<typeof readings>;

export const hourlyQuery = z.object(
  rangeFields({ start: 'default 24 hours ago; cut to the hour of the home’s clock', end: 'default now' }),
);

export const hourlyReadings = z.object({
  entity_id: entityId,
  unit: z.string().nullable(),
  time_range: z.object({ start: instant, end: instant }),
  data: z.array(
    z.object({
      hour: instant,
      min_state: z.number().nullable(),
      max_state: z.number().nullable(),
      avg_state: z.number().nullable().describe('Time-weighted; null when nothing was measured'),
      reading_count: z.number().int(),
    }),
  ),
});
export type HourlyReadings = z.infer<typeof hourlyReadings>;

/** Not in the first contract: the panel's picture of one entity over a span, down-sampled in the database. */
export const curveQuery = z.object({
  ...range,
  ...sinceAndUntil,
  points: z.coerce.number().int().min(10).max(4000).default(1000).describe('At most so many buckets'),
});
export const curve = z.object({
  entity_id: entityId,
  unit: z.string().nullable(),
  since: instant,
  until: instant,
  reading_count: z.number().int(),
  before: z
    .object({ x: z.number(), state: z.number().nullable() })
    .nullable()
    .describe('The last reading before `since`, from which a line may begin; null when there is none'),
  /** Columns ready to plot; x in epoch seconds. A null is a gap and not a zero. */
  x: z.array(z.number()),
  state: z.array(z.number().nullable()).describe('The last value of each bucket, or the reading itself'),
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  /** Length of a bucket in seconds; null when every point is a reading of its own. */
  bucket_seconds: z.number().nullable(),
});
export type Curve = z.infer<typeof curve>;

export const subscriptionStatus = z.object({
  subscription: z.object({
    status: z.enum(['active', 'disconnected', 'error']),
    subscribed_at: nullableInstant,
    last_event_at: nullableInstant,
    reconnect_count: z.number().int(),
    error_message: z.string().nullable(),
  }),
  entities_tracked: z.number().int(),
  ha_connected: z.boolean(),
});
export type SubscriptionStatus = z.infer<typeof subscriptionStatus>;

export const backfillRequest = z.object({
  entity_ids: z
    .array(entityId)
    .max(limits.trackedEntities)
    .optional()
    .describe('Default: all that are tracked'),
});
export const backfillStarted = z.object({ sync_id: z.string() });

export const syncRun = z.object({
  sync_id: z.string(),
  kind: z
    .enum([
      'first',
      'reconnect',
      'manual',
      'start',
      'silent',
      'statistics',
      'hourly',
      'nightly',
      'reconciliation',
      'proof',
    ])
    .describe(
      '`statistics`: rows of Home Assistant’s statistics; `hourly`, `nightly`, `reconciliation`: what we have held against what Home Assistant has; `proof`: the same of readings alone, where there was a reason to doubt; the others: readings from its history (`silent`: after a subscription that told nothing)',
    ),
  start_time: instant,
  end_time: instant,
  status: z.enum(['running', 'success', 'partial', 'failed']),
  entities_total: z.number().int(),
  entities_done: z.number().int(),
  readings_added: z.number().int().describe('Readings, or rows of statistics, that were not there before'),
  error: z.string().nullable(),
  started_at: instant,
  finished_at: nullableInstant,
  outcome: z
    .object({
      hours_checked: z.number().int().describe('Hours of entities that were held against Home Assistant'),
      hours_differing: z.number().int(),
      holes_found: z.number().int().describe('Stretches in which readings were missing'),
      entries_revised: z.number().int(),
      tickets_opened: z.number().int(),
    })
    .nullable()
    .describe('What the run looked at and changed, beside the readings; null for runs that only fetch'),
});
export const syncRuns = z.object({ syncs: z.array(syncRun), count: z.number().int() });
export type SyncRunRow = z.infer<typeof syncRun>;
export type SyncRuns = z.infer<typeof syncRuns>;
