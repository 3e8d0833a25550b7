import { z } from 'zod';
import { entityId, instant, nullableInstant } from './common.ts';
import { rangeFields } from './ranges.ts';
import { amountUnit, ticketStatement } from './ticket-statements.ts';

/** What was found that does not fit, what was mended by itself, and what asks for a decision. */

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
    '`register_jumped`: counted more than a home can use; `register_fell`: began anew at a value that is not near 0; `spike`: went away and came back; `hours_differ`: our hours are not those of Home Assistant’s statistics; `gap`: nothing is known for over ten minutes; `frozen`: stands still though it should move; `readings_missing`: Home Assistant held readings that we had not',
  );

export const ticketStatus = z
  .enum(['open', 'mended', 'decided', 'passed'])
  .describe(
    '`open`: somebody has to decide; `mended`: done by itself; `decided`: a person decided; `passed`: what it told no longer holds',
  );

export const ticketChoice = z
  .enum(['accept', 'exclude', 'exchange', 'set_value'])
  .describe(
    '`accept`: the figures stay as they are; `exclude`: what was counted there is not energy; `exchange`: the meter was replaced; `set_value`: the quantity is `value`',
  );

export const evidenceFigure = z.object({
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
    .describe('What the figure tells'),
  value: z.number(),
  unit: z.string().describe('kWh, m³, W, s, or empty for a count'),
});

export const ticketDecision = z.object({
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

export const ticketQuery = z.object({
  status: z.enum(['open', 'closed', 'all']).default('all'),
  entity_id: entityId.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const tickets = z.object({
  tickets: z.array(ticket).describe('Open ones first, then the newest first'),
  count: z.number().int(),
  open_count: z.number().int(),
});
export type Tickets = z.infer<typeof tickets>;

const quantity = z.number().min(-1_000_000).max(1_000_000_000);
export const ticketResolution = z.object({
  choice: ticketChoice,
  value: quantity.optional().describe('Needed by `set_value`: the quantity between start and end, kWh or m³'),
  old_register: quantity.optional().describe('For `exchange`: what the old meter showed last'),
  new_register: quantity.optional().describe('For `exchange`: what the new meter showed first'),
  notes: z.string().max(1000).default(''),
  dry_run: z.boolean().default(false).describe('Only tell what would change'),
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

export const reconciliationRequest = z.object({
  ...rangeFields({ start: 'default ten days ago', end: 'default now' }),
  entity_ids: z.array(entityId).max(500).optional(),
});

/** What reconciliation did last and does next. */
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
        .describe('Hours of entities not yet held against Home Assistant’s history reading by reading'),
    })
    .nullable()
    .describe('What the next nightly run will look at; null while it is not known'),
  tolerance: z.object({
    absolute: z.number().describe('kWh or m³ by which an hour may differ'),
    relative: z.number().describe('Part of the hour by which it may differ'),
  }),
});
export type Reconciliation = z.infer<typeof reconciliation>;
