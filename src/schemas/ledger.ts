import { z } from 'zod';
import { body, type CallTable, json, problems } from './call.ts';
import { instant, limits, meterId } from './common.ts';
import { instantOrDate, rangeFields, startAndEnd } from './ranges.ts';
import { quality } from './statistics.ts';

const ledgerQuery = z.object({
  ...rangeFields({
    start: 'default 24 hours ago',
    end: `default now; at most ${limits.ledgerDays} days after the start`,
  }),
  ...startAndEnd,
});

const entryCause = z
  .enum(['first', 'settled', 'late', 'statistics', 'reconciled', 'rules', 'corrected'])
  .describe(
    '`first`: the first final entry; `settled`: the earlier entry was provisional; `late`: a reading arrived afterwards; `statistics`: rows of Home Assistant’s statistics; `reconciled`: a comparison with Home Assistant fetched readings; `rules`: the rules of counting changed; `corrected`: by a correction, or by taking one back',
  );

const entryFields = {
  amount: z.number().describe('In `unit`'),
  quality,
  coverage: z.number(),
  reason: z.enum([
    'counted',
    'integrated',
    'switched_off',
    'reset',
    'exchange',
    'spread',
    'corrected',
    'withdrawn',
  ]),
  revision: z.number().int().describe('0 while provisional'),
  posted_at: instant,
  cause: entryCause
    .nullable()
    .describe('Why this revision was made; null for revisions from before causes were stored'),
  first_reading: instant.describe('The evidence at or before the start'),
  last_reading: instant.describe('The evidence at or after the end, or the last there is'),
};

const ledgerEntry = z.object({
  quarter: instant,
  kind: z.enum(['quantity', 'restart']).describe('`restart` explains a register that began anew'),
  provisional: z.boolean(),
  on_time_seconds: z.number().nullable(),
  ...entryFields,
  revisions: z.array(z.object(entryFields)).describe('All that were ever posted, oldest first'),
});

export const exchange = z.object({
  exchange_id: z.string(),
  at: instant,
  old_register: z
    .number()
    .nullable()
    .describe('In `unit`; null when it is not known: what was counted since its last reading stays unknown'),
  new_register: z.number().describe('In `unit`'),
  notes: z.string(),
  created_at: instant,
});

export const correction = z.object({
  correction_id: z.string(),
  kind: z.enum(['exchange', 'exclusion', 'amount']),
  start: instant.describe('Of an exchange the instant of it'),
  end: instant,
  amount: z.number().nullable().describe('Of `amount`, in `unit`; otherwise null'),
  old_register: z.number().nullable().describe('Of `exchange`, in `unit`, where it was written down'),
  new_register: z.number().nullable().describe('Of `exchange`, in `unit`; otherwise null'),
  ticket_id: z.string().nullable().describe('The ticket that it answers'),
  notes: z.string(),
  created_at: instant,
});

const declaredAmount = z.number().min(-1_000_000).max(1_000_000_000);
export const newCorrection = z.object({
  kind: z
    .enum(['exclusion', 'amount'])
    .describe(
      '`exclusion`: readings from start to end, both included, are no evidence; `amount`: this much was delivered between the evidence around start and end, whatever the register shows',
    ),
  ...rangeFields({
    start: 'needed, by this name or as `start`',
    end: 'needed, by this name or as `end`; not in the future; at most 400 days after the start',
  }),
  ...startAndEnd,
  amount: declaredAmount.optional().describe('Needed by `amount`: in kWh or m³'),
  notes: z.string().max(1000).default(''),
  dry_run: z.boolean().default(false).describe('Only answers what would change'),
});

export const correctionChanges = z.object({
  entries: z.number().int().describe('Entries that get a new revision'),
  quantity_before: z
    .number()
    .nullable()
    .describe('Sum of the quarter-hours from start to end, in `unit`; null where none has an entry'),
  quantity_after: z.number().nullable(),
  start: instant.describe('The first quarter-hour that changes'),
  end: instant,
});
export const correctionAnswer = z.object({
  correction,
  dry_run: z.boolean(),
  changes: correctionChanges,
});
const takeBackQuery = z.object({
  dry_run: z.enum(['true', 'false']).default('false').describe('`true`: only answers what would change'),
});

/** Registers of energy in kWh, of volume in m³; a billion of them is no meter's. */
const register = z.number().min(0).max(1_000_000_000);
export const newExchange = z.object({
  at: instantOrDate.describe(
    'When the meter was replaced: ISO 8601 instant with offset, or a date for its local midnight; not in the future',
  ),
  old_register: register
    .nullable()
    .default(null)
    .describe('Last register of the old meter, in kWh or m³; null when it is not known'),
  new_register: register.describe('First register of the new meter, in kWh or m³'),
  notes: z.string().max(1000).default(''),
});

export const ledger = z.object({
  entity_id: meterId,
  unit: z.string().nullable(),
  time_range: z.object({ start: instant, end: instant }),
  total: z.number().nullable(),
  restarts: z
    .number()
    .nullable()
    .describe('What resets and exchanges explain: last register − first register = total − restarts'),
  entries: z.array(ledgerEntry),
  exchanges: z.array(exchange).describe('Exchanges of this meter that were declared, ever'),
  corrections: z
    .array(correction)
    .describe('All that is declared of this meter, ever: exchanges, exclusions and amounts'),
});

const seconds = z.number().describe('Seconds');
const coverageQuery = z.object({
  ...rangeFields({ start: "default six days before the start of the home's day", end: 'default now' }),
  period: z.enum(['quarter', 'day']).default('day'),
  entity_id: meterId.optional().describe('One meter; without it all that are tracked'),
});
export const coverageRow = z.object({
  start: instant,
  end: instant,
  measured_seconds: seconds,
  imported_seconds: seconds,
  recovered_seconds: seconds.describe('Brought from Home Assistant’s history afterwards'),
  hourly_seconds: seconds.describe('Only the hour is known, spread evenly over its quarter-hours'),
  estimated_seconds: seconds.describe('How much is known, not when'),
  missing_seconds: seconds.describe('Of what has passed'),
  why: z
    .array(
      z.enum([
        'recovered_from_history',
        'imported',
        'only_hours_are_known',
        'silent_or_unavailable',
        'corrected',
        'before_the_first',
        'nothing_heard',
      ]),
    )
    .describe('Why it is not simply measured; empty when it is'),
});
export const coverage = z.object({
  time_range: z.object({ start: instant, end: instant }),
  period: z.enum(['quarter', 'day']),
  time_zone: z.string(),
  entities: z.array(
    z.object({
      entity_id: meterId,
      name: z.string(),
      coverage: z.number().min(0).max(1).describe('The part of the range that was measured'),
      rows: z
        .array(coverageRow)
        .describe('Ascending; adjacent quarter-hours with the same values are one row'),
    }),
  ),
});
export type Coverage = z.infer<typeof coverage>;

const ofMeter = z.object({ entity_id: meterId });
const correctionId = z.string().min(1).max(64);

export const ledgerCalls = {
  'GET /api/ledger/{entity_id}': {
    tags: ['Ledger'],
    summary: 'A meter’s entries by quarter-hour, with every revision',
    description: `At most ${limits.ledgerDays} days; the range is widened to whole quarter-hours. Amounts are in kWh or m³. Readings between \`first_reading\` and \`last_reading\` are the evidence of an entry; they are at /api/readings/{entity_id}.`,
    request: { params: ofMeter, query: ledgerQuery },
    responses: { 200: json(ledger, 'Entries'), ...problems(400, 404, 503) },
  },
  'POST /api/ledger/{entity_id}/exchanges': {
    tags: ['Ledger'],
    summary: 'Declare that a meter was replaced',
    description:
      'The quarter-hours since then are posted again, as revisions that say so. For administrators. A second exchange at the same instant is refused.',
    request: { params: ofMeter, body: body(newExchange) },
    responses: { 201: json(exchange, 'Declared and posted'), ...problems(400, 403, 404, 409, 503) },
  },
  'DELETE /api/ledger/{entity_id}/exchanges/{exchange_id}': {
    tags: ['Ledger'],
    summary: 'Take a declared exchange back',
    description: 'The quarter-hours since then are posted again without it. For administrators.',
    request: { params: ofMeter.extend({ exchange_id: correctionId }) },
    responses: { 204: { description: 'Taken back' }, ...problems(403, 404, 503) },
  },
  'POST /api/ledger/{entity_id}/corrections': {
    tags: ['Ledger'],
    summary: 'Exclude readings, or declare what was delivered',
    description:
      'The quarter-hours around it are posted again as revisions that say so; readings and earlier revisions stay. For administrators. What would contradict a correction that is declared already is refused with 409. With `dry_run` nothing is written.',
    request: { params: ofMeter, body: body(newCorrection) },
    responses: {
      200: json(correctionAnswer, 'What would change'),
      201: json(correctionAnswer, 'Declared and posted'),
      ...problems(400, 403, 404, 409, 503),
    },
  },
  'DELETE /api/ledger/{entity_id}/corrections/{correction_id}': {
    tags: ['Ledger'],
    summary: 'Take a correction back',
    description:
      'The quarter-hours become what they would be without it, as a further revision. For administrators. Exchanges too.',
    request: { params: ofMeter.extend({ correction_id: correctionId }), query: takeBackQuery },
    responses: { 200: json(correctionAnswer, 'What changed, or would'), ...problems(400, 403, 404, 503) },
  },
  'GET /api/coverage': {
    tags: ['Ledger'],
    summary: 'What is measured, recovered, estimated and missing, and why',
    description: `Of every tracked meter, in seconds by local day over at most ${limits.coverageDays.day} days, or by quarter-hour over ${limits.coverageDays.quarter}. Up to a minute ago: the future, and readings not posted yet, are not missing.`,
    request: { query: coverageQuery },
    responses: { 200: json(coverage, 'By meter'), ...problems(400, 404, 503) },
  },
} satisfies CallTable;
