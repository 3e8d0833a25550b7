import { z } from 'zod';
import { unknownSources } from './balance.ts';
import { type CallTable, json } from './call.ts';
import { nullableInstant } from './common.ts';
import { partProblem } from './part-problems.ts';

const part = z.object({
  ok: z.boolean(),
  detail: z
    .string()
    .nullable()
    .describe('What is wrong and what to do: `problems` in English; null when all is well'),
  problems: z.array(partProblem),
});

export type PartStatus = z.infer<typeof part>;

export const status = z.object({
  status: z
    .enum(['ok', 'degraded', 'down'])
    .describe('`degraded`: recording goes on, a part needs attention'),
  version: z.string(),
  uptime_seconds: z.number(),
  home_assistant: part.extend({
    version: z.string().nullable(),
    connected_since: nullableInstant,
    reconnect_count: z.number().int(),
    token_refused: z.boolean().describe('True when only a new access token can help'),
  }),
  questdb: part,
  mongodb: part,
  discovery: part.extend({
    entities_found: z.number().int(),
    missing: z
      .array(z.string())
      .describe(
        'Statistics that the energy preferences name and that no usable entity or external statistic answers to',
      ),
    unknown_sources: unknownSources,
    last_run_at: nullableInstant,
  }),
  recorder: part.extend({
    entities_tracked: z.number().int(),
    last_reading_at: nullableInstant,
    readings_received: z.number().int(),
    readings_stored: z.number().int(),
    write_errors: z.number().int(),
    rejected: z.record(z.string(), z.number().int()).describe('Rejected states by reason'),
    last_rejection: z
      .object({ entity_id: z.string(), reason: z.string(), state: z.string(), timestamp: z.string() })
      .nullable(),
    queue_length: z.number().int().describe('Readings received and not yet durable in QuestDB'),
    queue_limit: z.number().int(),
  }),
  spool: part.extend({
    bytes: z.number().int(),
    limit_bytes: z.number().int(),
    readings: z.number().int(),
    is_paused: z
      .boolean()
      .describe('True while nothing is read from Home Assistant because the spool is full'),
  }),
  heartbeat: part.extend({
    last_ping_at: nullableInstant,
    last_compared_at: nullableInstant.describe(
      'When a snapshot of all states was last compared with what was received',
    ),
    silences: z
      .number()
      .int()
      .describe('How often Home Assistant answered but sent no states, since the start'),
  }),
  disk: part.extend({ free_bytes: z.number().int().nullable(), total_bytes: z.number().int().nullable() }),
  ledger: part.extend({
    meters_waiting: z.number().int().describe('Meters with readings that are not posted yet'),
    posting_past: z
      .boolean()
      .describe('True while what is older than a day is posted: its figures still grow'),
    last_posted_at: nullableInstant,
  }),
  proof: part.extend({
    running: z.boolean(),
    proven_until: nullableInstant.describe(
      'Until then every whole hour of all tracked entities was compared with Home Assistant’s history',
    ),
    unproven_hours: z.number().int().nullable().describe('Hours of entities, in the last ten days'),
  }),
  backfill: part.extend({ running: z.boolean(), last_finished_at: nullableInstant }),
  statistics: part.extend({
    running: z.boolean(),
    entities_total: z.number().int().describe('Of the run under way; 0 between runs'),
    entities_done: z.number().int(),
    rows: z.number().int().describe('Rows that the run under way brought in'),
    last_finished_at: nullableInstant,
  }),
  reconciliation: part.extend({
    running: z.boolean(),
    last_finished_at: nullableInstant,
    next_at: nullableInstant.describe('When the next run is due by itself'),
    open_tickets: z
      .number()
      .int()
      .nullable()
      .describe('Tickets that ask for a decision; null while they could not be read'),
  }),
  memory: z.object({ rss_bytes: z.number().int() }),
});
export type Status = z.infer<typeof status>;

export const statusCalls = {
  'GET /api/status': {
    tags: ['Settings'],
    summary: 'Health of every part',
    description:
      '200 while readings are received and stored (status ok or degraded), 503 when they are not (down); the body is the same.',
    responses: {
      200: json(status, 'Recording works'),
      503: json(status, 'Recording does not work; each part says why'),
    },
  },
} satisfies CallTable;
