import { z } from 'zod';
import { instant, limits, meterId } from './common.ts';
import { instantOrDate, rangeFields, startAndEnd } from './ranges.ts';
import { quality } from './statistics.ts';

export const ledgerQuery = z.object({
  ...rangeFields({
    start: 'default 24 hours ago',
    end: `default now; at most ${limits.ledgerDays} days after the start`,
  }),
  ...startAndEnd,
});

export const entryCause = z
  .enum(['first', 'settled', 'late', 'statistics', 'reconciled', 'rules', 'corrected'])
  .describe(
    '`first`: nothing final stood there; `settled`: what stood could still grow; `late`: a reading came afterwards; `statistics`: rows of Home Assistant’s statistics; `reconciled`: a comparison with Home Assistant fetched something; `rules`: it is counted otherwise now; `corrected`: by a correction or one taken back',
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
    .describe('Why this revision was made; null for old ones, of which it was not kept'),
  first_reading: instant.describe('The evidence at or before the start'),
  last_reading: instant.describe('The evidence at or after the end, or the last there is'),
};

export const ledgerEntry = z.object({
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
    .describe(
      'In `unit`; null when nobody wrote it down: what was counted since its last reading stays unknown',
    ),
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
      '`exclusion`: what was told from start to end, both included, is no evidence; `amount`: so much was delivered between the evidence around start and end, whatever the register did',
    ),
  ...rangeFields({
    start: 'needed, by this name or as `start`',
    end: 'needed, by this name or as `end`; not in the future; at most 400 days after the start',
  }),
  ...startAndEnd,
  amount: declaredAmount.optional().describe('Needed by `amount`: in kWh or m³'),
  notes: z.string().max(1000).default(''),
  dry_run: z.boolean().default(false).describe('Only tell what would change'),
});

export const correctionChanges = z.object({
  entries: z.number().int().describe('Entries that get a new revision'),
  quantity_before: z
    .number()
    .nullable()
    .describe('What the quarters from start to end add up to, in `unit`; null where none has an entry'),
  quantity_after: z.number().nullable(),
  start: instant.describe('The first quarter that changes'),
  end: instant,
});
export const correctionAnswer = z.object({
  correction,
  dry_run: z.boolean(),
  changes: correctionChanges,
});
export const takeBackQuery = z.object({
  dry_run: z.enum(['true', 'false']).default('false').describe('`true`: only tell what would change'),
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
    .describe('What the old meter showed last, in kWh or m³; null when nobody wrote it down'),
  new_register: register.describe('What the new meter showed first, in kWh or m³'),
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
export const coverageQuery = z.object({
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
  hourly_seconds: seconds.describe('Only the hour is known, spread evenly over its quarters'),
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
        .describe('Ascending; quarters that follow each other and say the same are one row'),
    }),
  ),
});
export type Coverage = z.infer<typeof coverage>;
