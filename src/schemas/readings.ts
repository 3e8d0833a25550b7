import { z } from 'zod';
import { type CallTable, json, optionalBody, problems } from './call.ts';
import { entityId, instant, limits, nullableInstant } from './common.ts';
import { rangeFields, sinceAndUntil } from './ranges.ts';

const range = rangeFields({ start: 'default 24 hours ago', end: 'default now' });

export const readingsQuery = z.object({
  ...range,
  ...sinceAndUntil,
  limit: z.coerce
    .number<number>()
    .int()
    .min(1)
    .max(limits.readingsPerPage)
    .default(limits.readingsPerPageDefault),
  cursor: z.string().max(64).optional().describe('next_cursor of the page before'),
});

const reading = z.object({
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

/** One entity over a range as the panel draws it, down-sampled in the database. */
export const curveQuery = z.object({
  ...range,
  ...sinceAndUntil,
  points: z.coerce.number<number>().int().min(10).max(4000).default(1000).describe('At most so many buckets'),
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

const backfillRequest = z.object({
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
      '`statistics`: rows of Home Assistant’s statistics; `hourly`, `nightly`, `reconciliation`: comparisons with Home Assistant; `proof`: the same of readings alone, where there was a reason to doubt; the others: readings from its history (`silent`: after a subscription without events)',
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
      hours_checked: z.number().int().describe('Hours of entities that were compared with Home Assistant'),
      hours_differing: z.number().int(),
      holes_found: z.number().int().describe('Intervals in which readings were missing'),
      entries_revised: z.number().int(),
      tickets_opened: z.number().int(),
    })
    .nullable()
    .describe('What the run looked at and changed, beside the readings; null for runs that only fetch'),
});
export const syncRuns = z.object({ syncs: z.array(syncRun), count: z.number().int() });
export type SyncRunRow = z.infer<typeof syncRun>;
export type SyncRuns = z.infer<typeof syncRuns>;

const ofEntity = z.object({ entity_id: entityId });

export const readingCalls = {
  'GET /api/subscription/status': {
    tags: ['Readings'],
    summary: 'State of the subscription to Home Assistant',
    responses: { 200: json(subscriptionStatus, 'The subscription') },
  },
  'POST /api/subscription/backfill': {
    tags: ['Readings'],
    summary: 'Fetch what Home Assistant recorded and is missing here',
    description:
      'As far back as Home Assistant keeps raw history. Answers at once; the run is at /api/syncs/{sync_id}. One at a time: the same again answers the run that is at work, something else 409. For administrators.',
    request: { body: optionalBody(backfillRequest) },
    responses: { 202: json(backfillStarted, 'Started'), ...problems(400, 403, 409) },
  },
  'GET /api/syncs': {
    tags: ['Readings'],
    summary: 'Back-fills, imports of the past and reconciliations, and what they changed; the newest first',
    request: { query: z.object({ limit: z.coerce.number<number>().int().min(1).max(500).default(50) }) },
    responses: { 200: json(syncRuns, 'Runs'), ...problems(400, 503) },
  },
  'GET /api/syncs/{sync_id}': {
    tags: ['Readings'],
    summary: 'One run',
    request: { params: z.object({ sync_id: z.string().min(1).max(64) }) },
    responses: { 200: json(syncRun, 'The run'), ...problems(404, 503) },
  },
  'GET /api/readings/{entity_id}': {
    tags: ['Readings'],
    summary: 'Readings of one entity, oldest first',
    description: `At most ${limits.readingsPerPage} a page; follow \`next_cursor\` until it is null. States are in canonical units: kWh, W, m³, m³/h, %.`,
    request: { params: ofEntity, query: readingsQuery },
    responses: { 200: json(readings, 'A page of readings'), ...problems(400, 404, 503) },
  },
  'GET /api/readings/{entity_id}/hourly': {
    tags: ['Readings'],
    summary: 'Readings of one entity by the hour',
    description: `At most ${limits.hourlyDays} days. Hours are those of the home’s time zone, the ones without a reading included.`,
    request: { params: ofEntity, query: hourlyQuery },
    responses: { 200: json(hourlyReadings, 'Hours with readings'), ...problems(400, 404, 503) },
  },
  'GET /api/readings/{entity_id}/curve': {
    tags: ['Readings'],
    summary: 'Readings of one entity as columns to draw',
    description: `At most ${limits.curveDays} days; down-sampled when there are more readings than \`points\`.`,
    request: { params: ofEntity, query: curveQuery },
    responses: { 200: json(curve, 'Columns of equal length'), ...problems(400, 404, 503) },
  },
} satisfies CallTable;
