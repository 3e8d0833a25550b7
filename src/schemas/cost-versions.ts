import { z } from 'zod';
import { area, inclusiveRange } from './analytics.ts';
import { body, type CallTable, json, problems } from './call.ts';
import { instant, limits } from './common.ts';
import { instantOrDate } from './ranges.ts';

export const costVersion = z.object({
  id: z.string(),
  cost_per_kwh: z.number().describe("In the home's currency"),
  effective_from: instant,
  effective_until: instant.nullable().describe('When the next version of the same scope takes over'),
  area: z.string().nullable().describe('Null for the whole home'),
  notes: z.string(),
  created_at: instant,
});
export const costVersions = z.object({
  cost_versions: z.array(costVersion),
  currency: z.string().nullable(),
});
export const newCostVersion = z.object({
  cost_per_kwh: z.number().min(-100).max(100).describe("In the home's currency, to its millionth"),
  effective_from: instantOrDate.describe(
    'ISO 8601 instant with offset, or a date for its local midnight. A price that begins inside a quarter-hour holds from the next one on',
  ),
  ...area,
  notes: z.string().max(1000).default(''),
  confirm: z
    .boolean()
    .default(false)
    .describe(
      'Needed when it re-prices the past; without it such a version is answered with 409 and not saved',
    ),
  dry_run: z.boolean().default(false).describe('Answers what it would change (200), and saves nothing'),
});
export const recalculateRequest = z.object({
  ...inclusiveRange,
  ...area,
  dry_run: z.boolean().default(true),
});
export const recalculation = z.object({
  dry_run: z.boolean(),
  time_range: z.object({ start: instant, end: instant }),
  cost_before: z.number().nullable().describe('With the prices as they were; null where one was missing'),
  cost_after: z.number().nullable(),
  energy_kwh: z
    .number()
    .describe('What was priced: of the area’s devices, or what the home took from the grid'),
  unpriced_kwh: z.number().describe('Of it without a price afterwards'),
  days_changed: z.number().int().describe('Local days whose cost is another one afterwards'),
  meters: z
    .number()
    .int()
    .describe('Meters whose entries are posted again from their readings; 0 in a dry run'),
});
const costVersionNotes = z.object({ notes: z.string().max(1000) });
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const deleteCostVersion = z.object({
  dry_run: flag.describe('`true`: answers what it would change, and deletes nothing'),
  confirm: flag.describe('`true`: needed when it changes the cost of the past'),
});
export const deletedCostVersion = recalculation.extend({ cost_version: costVersion });

export type CostVersionRow = z.infer<typeof costVersion>;
export type CostVersionList = z.infer<typeof costVersions>;
export type NewCostVersion = z.input<typeof newCostVersion>;
export type Recalculation = z.infer<typeof recalculation>;

const ofVersion = z.object({ id: z.string().max(64) });

export const costVersionCalls = {
  'GET /api/power-analytics/cost-versions': {
    tags: ['Power analytics'],
    summary: 'Prices of a kilowatt-hour over time',
    description: 'Ascending. A version of an area counts before one of the whole home.',
    responses: { 200: json(costVersions, 'All versions'), ...problems(503) },
  },
  'POST /api/power-analytics/cost-versions': {
    tags: ['Power analytics'],
    summary: 'Add a price',
    description:
      'It holds until the next version of the same scope. A second one of the same scope and instant is refused (409). One that begins in the past changes the cost of what was used since: without `confirm` it is refused with 409 that says by how much, and `dry_run` answers the figures. For administrators.',
    request: { body: body(newCostVersion) },
    responses: {
      200: json(recalculation, 'Dry run: what it would change'),
      201: json(costVersion, 'Saved and in force'),
      ...problems(400, 403, 404, 409, 503),
    },
  },
  'PATCH /api/power-analytics/cost-versions/{id}': {
    tags: ['Power analytics'],
    summary: 'Write other notes to a price',
    description: 'The price itself and its dates stay: delete it and add another. For administrators.',
    request: { params: ofVersion, body: body(costVersionNotes) },
    responses: { 200: json(costVersion, 'As it is now'), ...problems(400, 403, 404, 503) },
  },
  'DELETE /api/power-analytics/cost-versions/{id}': {
    tags: ['Power analytics'],
    summary: 'Take a price back',
    description:
      'Its time falls back to the version before it of the same scope, an area’s also to the home’s; without one the cost is not known. What changes the cost of the past needs `confirm` (else 409); `dry_run` answers the figures and deletes nothing. The answer holds the version, so that it can be added again. For administrators.',
    request: { params: ofVersion, query: deleteCostVersion },
    responses: {
      200: json(deletedCostVersion, 'Deleted, or what that would change'),
      ...problems(400, 403, 404, 409, 503),
    },
  },
  'POST /api/power-analytics/recalculate': {
    tags: ['Power analytics'],
    summary: 'Price and post a range again',
    description: `Costs are computed from entries and prices on request and not stored: \`cost_before\` is by the prices that this process used until now, \`cost_after\` by the versions as they are stored. Without \`dry_run\` those are used from then on, and the entries of the range are posted again from their readings; what the readings do not change stays as it is. At most ${limits.exportDays} days. For administrators.`,
    request: { body: body(recalculateRequest) },
    responses: {
      200: json(recalculation, 'What it changed, or would change'),
      ...problems(400, 403, 404, 503),
    },
  },
} satisfies CallTable;
