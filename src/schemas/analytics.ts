import { z } from 'zod';
import { type CallTable, json, problems, text } from './call.ts';
import { instant, limits } from './common.ts';
import { rangeFields, startAndEnd } from './ranges.ts';
import { grounds } from './statistics.ts';

/** `area` is a Home Assistant area; `classroom` is its other name. */
export const area = {
  area: z.string().max(255).optional().describe('The name of a Home Assistant area; without it all areas'),
  classroom: z.string().max(255).optional().describe('Another name for `area`'),
};
/** The examples that this was made for are plain dates, and mean the last one too. */
export const inclusiveRange = {
  ...rangeFields({
    start: 'needed, by this name or as `start`',
    end: 'needed, by this name or as `end`; an end that is a date includes that day',
  }),
  ...startAndEnd,
};
const date = z.iso.date().optional().describe("Default: the home's today");

export const areaDayQuery = z.object({ ...area, date });
export const areaMonthQuery = z.object({
  ...area,
  year: z.coerce.number<number>().int().min(2000).max(2199),
  month: z.coerce.number<number>().int().min(1).max(12),
});
export const timelineQuery = z.object({
  ...area,
  ...inclusiveRange,
  bucket: z.coerce.number<number>().int().min(15).max(1440).default(60).describe('Minutes; a multiple of 15'),
});
const exportQuery = z.object({ ...area, ...inclusiveRange });

const totals = {
  energy_kwh: z.number().nullable().describe('Energy of the devices, each counted once'),
  cost: z.number().nullable().describe("In the home's currency; null where a price is missing"),
  on_time_seconds: z.number().nullable().describe('Of all devices together whose on-time is known'),
  ...grounds,
};

export const areaSummary = z.object({
  area: z.string().nullable(),
  date: z.string(),
  currency: z.string().nullable(),
  ...totals,
});
export const timeline = z.object({
  area: z.string().nullable(),
  time_range: z.object({ start: instant, end: instant }),
  bucket_minutes: z.number().int(),
  series: z.array(z.object({ timestamp: instant, ...totals })),
});
export const deviceBreakdown = z.object({
  area: z.string().nullable(),
  date: z.string(),
  currency: z.string().nullable(),
  devices: z.array(
    z.object({
      device_id: z.string(),
      name: z.string(),
      area: z.string().nullable(),
      share: z.number().nullable().describe('Of what all devices of the area used, 0 to 1'),
      ...totals,
    }),
  ),
});
export const areaMonth = z.object({
  area: z.string().nullable(),
  month: z.string(),
  currency: z.string().nullable(),
  totals: z.object(totals),
  days: z.array(z.object({ date: z.string(), ...totals })),
});

export const analyticsHealth = z.object({
  telemetry_events_unprocessed: z
    .number()
    .int()
    .describe('Readings that wait for the store, and meters that wait to be posted'),
  ledger_entries_today: z
    .number()
    .int()
    .nullable()
    .describe('Quarter-hours of all meters; null while the store is away'),
  last_aggregation: instant.nullable().describe('When entries were last posted'),
  online_devices: z.number().int().describe('Devices that report a value now'),
});

const about =
  'Of the devices in an area, or in all areas. A device that another one contains counts within that one. Energy in kWh, from the ledger.';

export const analyticsCalls = {
  'GET /api/power-analytics/summary': {
    tags: ['Power analytics'],
    summary: 'An area’s day',
    description: about,
    request: { query: areaDayQuery },
    responses: { 200: json(areaSummary, 'The day'), ...problems(400, 404, 503) },
  },
  'GET /api/power-analytics/timeline': {
    tags: ['Power analytics'],
    summary: 'An area over time',
    description: `${about} Buckets of \`bucket\` minutes from the start on, a multiple of 15; at most ${limits.timelineBuckets} of them.`,
    request: { query: timelineQuery },
    responses: { 200: json(timeline, 'Buckets'), ...problems(400, 404, 503) },
  },
  'GET /api/power-analytics/device-breakdown': {
    tags: ['Power analytics'],
    summary: 'An area’s day by device',
    description: `${about} Contained devices are listed too, so shares may add up to more than one.`,
    request: { query: areaDayQuery },
    responses: { 200: json(deviceBreakdown, 'Devices, the largest first'), ...problems(400, 404, 503) },
  },
  'GET /api/power-analytics/monthly': {
    tags: ['Power analytics'],
    summary: 'An area’s month by day',
    description: about,
    request: { query: areaMonthQuery },
    responses: { 200: json(areaMonth, 'The month'), ...problems(400, 404, 503) },
  },
  'GET /api/power-analytics/export-csv': {
    tags: ['Power analytics'],
    summary: 'An area’s ledger as CSV',
    description: `One line for each device and quarter-hour with an entry, at most ${limits.exportDays} days, streamed. The header names units, currency and time zone.`,
    request: { query: exportQuery },
    responses: {
      200: text('text/csv', 'CSV by RFC 4180, UTF-8'),
      ...problems(400, 404, 503),
    },
  },
  'GET /api/power-analytics/health': {
    tags: ['Power analytics'],
    summary: 'Progress of the ledger',
    responses: { 200: json(analyticsHealth, 'Now') },
  },
} satisfies CallTable;
