import { z } from 'zod';
import { body, type CallTable, json, optionalBody, problems } from './call.ts';
import { entityId, instant, limits, nullableInstant } from './common.ts';
import { rangeFields } from './ranges.ts';
import { backfillStarted } from './readings.ts';
import { amountUnit, ticketStatement } from './ticket-statements.ts';

/** Findings in the records: corrected automatically, open for a decision, or decided. */

export const ticketKind = z
  .enum([
    'register_jumped',
    'register_fell',
    'spike',
    'hours_differ',
    'gap',
    'frozen',
    'out_of_order',
    'clock_drift',
    'subscription_silent',
    'readings_missing',
    'unit_changed',
    'renamed',
    'removed',
    'replaced',
    'disk_full',
  ])
  .describe(
    '`register_jumped`: counted more than a home can use; `register_fell`: began anew at a value that is not near 0; `spike`: left its path and returned to it; `hours_differ`: hours differ from Home Assistant’s statistics; `gap`: no data for over ten minutes; `frozen`: does not change though it should; `readings_missing`: Home Assistant had readings that were missing here',
  );

const ticketStatus = z
  .enum(['open', 'mended', 'decided', 'passed'])
  .describe(
    '`open`: a person has to decide; `mended`: corrected automatically; `decided`: a person decided; `passed`: it no longer applies',
  );

const ticketChoice = z
  .enum(['accept', 'exclude', 'exchange', 'set_value'])
  .describe(
    '`accept`: the figures stay as they are; `exclude`: what was counted there is not energy; `exchange`: the meter was replaced; `set_value`: the quantity is `value`',
  );

const evidenceFigure = z.object({
  name: z
    .enum([
      'register_before',
      'register_after',
      'counted',
      'ours',
      'theirs',
      'difference',
      'highest_usual',
      'readings_ours',
      'readings_theirs',
      'added',
      'gap_seconds',
      'still_seconds',
      'drift_seconds',
      'count',
    ])
    .describe('What the figure is'),
  value: z.number(),
  unit: z.string().describe('kWh, m³, W, s, or empty for a count'),
});

const ticketDecision = z.object({
  choice: ticketChoice,
  value: z.number().nullable().describe('Of `set_value`, in kWh or m³; otherwise null'),
  automatic: z.boolean(),
  by: z.string().nullable().describe('The name of who decided; null when it was the app'),
  notes: z.string(),
  at: instant,
});

const ticketFields = z.object({
  ticket_id: z.string(),
  kind: ticketKind,
  status: ticketStatus,
  entity_id: entityId.nullable().describe('Null when it concerns the whole home'),
  name: z.string().nullable(),
  start: instant,
  end: instant,
  detail: z
    .string()
    .describe(
      'What was found, and what was done about it, in English: `code`, `values` and `unmended` in words',
    ),
  unmended: z
    .object({
      counted: z.number().describe('What the ledger still counted'),
      most: z.number().describe('The most that the readings around it allow'),
      unit: amountUnit,
    })
    .nullable()
    .describe('Why it could not be left out by itself; null where that was not tried'),
  evidence: z.array(evidenceFigure),
  related_entity_id: z.string().nullable().describe('The old or the new id of what was renamed or replaced'),
  choices: z.array(ticketChoice).describe('Empty when there is nothing to decide'),
  decision: ticketDecision.nullable(),
  is_undoable: z.boolean(),
  sync_id: z.string().nullable().describe('The run that found it; see /api/syncs'),
  opened_at: instant,
  closed_at: nullableInstant,
});
export const ticket = ticketFields.and(ticketStatement);
export type TicketRow = z.infer<typeof ticket>;

const ticketQuery = z.object({
  status: z.enum(['open', 'closed', 'all']).default('all'),
  entity_id: entityId.optional(),
  limit: z.coerce.number<number>().int().min(1).max(500).default(100),
});
export const tickets = z.object({
  tickets: z.array(ticket).describe('Open ones first, then the newest first'),
  count: z.number().int(),
  open_count: z.number().int(),
});
export type Tickets = z.infer<typeof tickets>;

const quantity = z.number().min(-1_000_000).max(1_000_000_000);
const ticketResolution = z.object({
  choice: ticketChoice,
  value: quantity.optional().describe('Needed by `set_value`: the quantity between start and end, kWh or m³'),
  old_register: quantity.optional().describe('For `exchange`: what the old meter showed last'),
  new_register: quantity.optional().describe('For `exchange`: what the new meter showed first'),
  notes: z.string().max(1000).default(''),
  dry_run: z.boolean().default(false).describe('Only answers what would change'),
});
/** As it is sent: what has a default may be left out. */
export type TicketDraft = z.input<typeof ticketResolution>;
export const ticketOutcome = z.object({
  ticket,
  dry_run: z.boolean(),
  changes: z
    .object({
      entries: z.number().int().describe('Entries that get a new revision'),
      quantity_before: z.number().nullable(),
      quantity_after: z.number().nullable(),
      start: instant,
      end: instant,
    })
    .nullable()
    .describe('Null when the ledger stays as it is'),
});
export type TicketOutcome = z.infer<typeof ticketOutcome>;

const reconciliationRequest = z.object({
  ...rangeFields({ start: 'default ten days ago', end: 'default now' }),
  entity_ids: z.array(entityId).max(500).optional(),
});

/** The last and the next runs of reconciliation. */
export const reconciliation = z.object({
  last_hourly: nullableInstant,
  last_nightly: nullableInstant,
  next_hourly: nullableInstant,
  next_nightly: nullableInstant,
  running: z.boolean(),
  plan: z
    .object({
      start: instant,
      end: instant,
      entities: z.number().int(),
      hours: z.number().int().describe('Hours of entities that are compared with the statistics'),
      unproven_hours: z
        .number()
        .int()
        .describe('Hours of entities not yet compared with Home Assistant’s history reading by reading'),
    })
    .nullable()
    .describe('What the next nightly run will compare; null while it is not known'),
  tolerance: z.object({
    absolute: z.number().describe('kWh or m³ by which an hour may differ'),
    relative: z.number().describe('Part of the hour by which it may differ'),
  }),
});
export type Reconciliation = z.infer<typeof reconciliation>;

const ofTicket = z.object({ ticket_id: z.string().min(1).max(400) });

export const ticketCalls = {
  'GET /api/tickets': {
    tags: ['Integrity'],
    summary: 'Findings: corrected automatically, open for a decision, or decided',
    description: 'Open ones first, then the newest first. The newest 2,000 are kept.',
    request: { query: ticketQuery },
    responses: { 200: json(tickets, 'Tickets'), ...problems(400, 503) },
  },
  'GET /api/tickets/{ticket_id}': {
    tags: ['Integrity'],
    summary: 'One ticket',
    request: { params: ofTicket },
    responses: { 200: json(ticket, 'The ticket'), ...problems(404, 503) },
  },
  'POST /api/tickets/{ticket_id}/resolve': {
    tags: ['Integrity'],
    summary: 'Decide about a ticket',
    description:
      'One of the ticket’s own `choices`. A choice that changes figures becomes a correction of the meter, and the ledger is posted again; `dry_run` only answers what would change. 409 when it is not open. For administrators.',
    request: { params: ofTicket, body: body(ticketResolution) },
    responses: {
      200: json(ticketOutcome, 'Decided, or what it would change'),
      ...problems(400, 403, 404, 409, 503),
    },
  },
  'POST /api/tickets/{ticket_id}/undo': {
    tags: ['Integrity'],
    summary: 'Take back a decision, or an automatic correction',
    description:
      'The ledger becomes what it would be without it, and the ticket asks again. For administrators.',
    request: { params: ofTicket },
    responses: { 200: json(ticketOutcome, 'Taken back'), ...problems(403, 404, 409, 503) },
  },
  'GET /api/reconciliation': {
    tags: ['Integrity'],
    summary: 'When records were compared with Home Assistant, and what the next nightly run compares',
    responses: { 200: json(reconciliation, 'Reconciliation') },
  },
  'POST /api/reconciliation': {
    tags: ['Integrity'],
    summary: 'Compare what is recorded with Home Assistant now',
    description: `Of every tracked entity and the last ten days when nothing is named; at most ${limits.ledgerDays} days. Answers at once; the run is at /api/syncs/{sync_id}. 409 while too many wait already. It runs by itself every hour for the last hours, and at two in the night for the last ten days. For administrators.`,
    request: { body: optionalBody(reconciliationRequest) },
    responses: { 202: json(backfillStarted, 'Accepted'), ...problems(400, 403, 409) },
  },
} satisfies CallTable;
