import { z } from 'zod';

/** Wire shapes that several resources share. Field names are snake_case; instants ISO 8601 with offset; missing is null. */

/**
 * Home Assistant's: a domain, which begins with a letter (0.5 is no entity), a dot and an object id; a source, a colon and a
 * name of an external statistic.
 */
export const entityIdPattern = /^[a-z][a-z0-9_]*[.:][a-z0-9_]+$/;

export const entityId = z
  .string()
  .max(255)
  .regex(entityIdPattern, 'an entity id such as sensor.grid_import')
  .describe(
    'Entity id as Home Assistant writes it, for example sensor.grid_import; an external statistic that the energy preferences name stands for itself, for example opower:elec_energy_consumption',
  );

/** An entity, or one of the home's own flows (`home:use`, `home:grid_in`, …), which have a ledger beside the meters. */
export const meterId = z
  .string()
  .max(255)
  .regex(
    entityIdPattern,
    'an entity id such as sensor.grid_import, an external statistic, or a flow of the home such as home:use',
  )
  .describe('Entity id, for example sensor.grid_import, or a flow of the home, for example home:use');

export const instant = z.iso
  .datetime({ offset: true })
  .describe('ISO 8601 instant with offset, for example 2026-11-21T08:00:00Z');

export const nullableInstant = instant.nullable();

/** RFC 9457. `field` and `expected` say what to mend when the input was at fault. */
export const problem = z.object({
  type: z
    .string()
    .describe('A URI reference that names the kind of problem; about:blank when the status says it all'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  field: z.string().optional().describe('The input that was refused'),
  expected: z.string().optional().describe('A valid value'),
});
export type Problem = z.infer<typeof problem>;

export const limits = {
  /** Bytes of a request's body. */
  bodyBytes: 1024 * 1024,
  readingsPerPage: 10_000,
  readingsPerPageDefault: 1000,
  /** Days that one call for hourly rows may span. */
  hourlyDays: 400,
  /** Days that one query for readings, page by page, may span. */
  readingsDays: 3700,
  curveDays: 3700,
  trackedEntities: 500,
  /** Days that one call may span, by the length of its buckets. */
  spanDays: { quarter: 31, hour: 400, day: 3700, week: 3700, month: 10_000, year: 10_000 },
  compareDays: { hourly: 62, daily: 3700, monthly: 3700 },
  /** Days that one call for totals may span. */
  totalDays: 3700,
  /** Days of single quarter-hours, with their evidence. */
  ledgerDays: 31,
  coverageDays: { quarter: 31, day: 400 },
  exportDays: 400,
  timelineBuckets: 10_000,
} as const;
