import { z } from 'zod';
import { entityId, instant } from './common.ts';
import { quality } from './statistics.ts';

export const ledgerQuery = z.object({
  start: instant.optional().describe('Default 24 hours ago'),
  end: instant.optional().describe('Exclusive; default now; at most 31 days after the start'),
});

const entryFields = {
  amount: z.number().describe('In `unit`'),
  quality,
  coverage: z.number(),
  reason: z.enum(['counted', 'integrated', 'reset', 'exchange', 'spread', 'withdrawn']),
  revision: z.number().int().describe('0 while provisional'),
  posted_at: instant,
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

export const ledger = z.object({
  entity_id: entityId,
  unit: z.string().nullable(),
  time_range: z.object({ start: instant, end: instant }),
  total: z.number().nullable(),
  entries: z.array(ledgerEntry),
});
