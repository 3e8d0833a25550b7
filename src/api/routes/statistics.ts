import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { limits, meterId } from '../../schemas/common.ts';
import {
  compareRequest,
  compareResult,
  dailyStatistics,
  monthlyStatistics,
  rangeQuery,
  statistics,
  statisticsQuery,
  statisticsSummary,
} from '../../schemas/statistics.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { localDate, localIso, localMonth } from '../../units/calendar.ts';
import { dayUs } from '../../units/durations.ts';
import { rounded } from '../answers/amounts.ts';
import { compared } from '../answers/compare.ts';
import { type AskedRange, readRange } from '../answers/ranges.ts';
import { figuresBy, type PricedFigures, statisticsChartOf, statisticsRowOf } from '../answers/statistics.ts';
import { subjectNamed } from '../answers/subjects.ts';
import { summaryOf } from '../answers/summary.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { HttpProblem, onValidated } from '../http/problems.ts';
import { body, json, problems } from './answers.ts';

const params = z.object({ entity_id: meterId });
const about =
  'Energy in kWh, volume in m³, power in W. Meters are told by their ledger, everything else by its readings. Buckets are those of the home’s clock, whole ones that touch the range.';

const list = createRoute({
  method: 'get',
  path: '/api/statistics/{entity_id}',
  tags: ['Statistics'],
  summary: 'Statistics of one entity',
  description: `${about} Quarter-hours over at most ${limits.spanDays.quarter} days, hours over ${limits.spanDays.hour}, days over ${limits.spanDays.day}, months over ${limits.spanDays.month}. \`format=chart\` answers columns.`,
  request: { params, query: statisticsQuery },
  responses: { 200: json(statistics, 'Rows or columns'), ...problems(400, 404, 503) },
});

const daily = createRoute({
  method: 'get',
  path: '/api/statistics/{entity_id}/daily',
  tags: ['Statistics'],
  summary: 'Days of one entity',
  description: `${about} At most ${limits.spanDays.day} days; default the last 30.`,
  request: { params, query: rangeQuery },
  responses: { 200: json(dailyStatistics, 'Days'), ...problems(400, 404, 503) },
});

const monthly = createRoute({
  method: 'get',
  path: '/api/statistics/{entity_id}/monthly',
  tags: ['Statistics'],
  summary: 'Months of one entity',
  description: `${about} Default the last twelve.`,
  request: { params, query: rangeQuery },
  responses: { 200: json(monthlyStatistics, 'Months'), ...problems(400, 404, 503) },
});

const summary = createRoute({
  method: 'get',
  path: '/api/statistics/{entity_id}/summary',
  tags: ['Statistics'],
  summary: 'One entity over a range, and the trend',
  description: `Over whole quarter-hours of at most ${limits.totalDays} days; default the last 24 hours. The trend is against the span of equal length before; how much of that was measured is told beside it.`,
  request: { params, query: rangeQuery },
  responses: { 200: json(statisticsSummary, 'Summary'), ...problems(400, 404, 503) },
});

const compare = createRoute({
  method: 'post',
  path: '/api/statistics/compare',
  tags: ['Statistics'],
  summary: 'Several entities side by side',
  description: `Asked of the store together and aligned on one list of timestamps. Hours over at most ${limits.compareDays.hourly} days, days over ${limits.compareDays.daily}, months over ${limits.compareDays.monthly}. Defaults as for one entity.`,
  request: { body: body(compareRequest) },
  responses: { 200: json(compareResult, 'Columns by entity'), ...problems(400, 404, 503) },
});

const defaultDays = { quarter: 1, hour: 1, day: 30, month: 365 } as const;
const periods = { hourly: 'hour', daily: 'day', monthly: 'month' } as const;
/** A bucket per hour of so many days is what the store is asked for at most, for a value that no view sums up. */
const valueDays = limits.spanDays.day;

export function statisticsRoutes(deps: ApiDeps, prices: Prices) {
  const { home, clock, ledger, log, stores } = deps;
  const { views } = ledger;
  const own = { ...deps, pricing: { prices, stores, log } };
  const currency = () => home.config()?.currency ?? null;

  const rangeOf = (asked: AskedRange, defaultSpanDays: number, longestDays: number) => {
    const nowUs = clock.nowUs();
    return readRange({
      asked,
      zone: views.zone(),
      nowUs,
      longestDays,
      defaults: {
        endUs: nowUs,
        startUs: (endUs) => Math.min(nowUs, endUs) - defaultSpanDays * dayUs,
      },
    });
  };

  const read = async (id: string, period: keyof typeof defaultDays, query: z.infer<typeof rangeQuery>) => {
    const subject = await subjectNamed(deps, id);
    if (subject.counts === null && period === 'quarter')
      throw new HttpProblem(400, {
        detail: `${id} tells a value, and values are summed up by the hour.`,
        field: 'period',
        expected: 'hour, day or month',
      });
    const longestDays =
      subject.counts === null ? Math.min(valueDays, limits.spanDays[period]) : limits.spanDays[period];
    const { startUs, endUs } = rangeOf(query, defaultDays[period], longestDays);
    const rows = await figuresBy(own, subject, period, startUs, endUs);
    const zone = views.zone();
    const time_range = {
      start: localIso(rows[0]?.startUs ?? startUs, zone),
      end: localIso(rows.at(-1)?.endUs ?? endUs, zone),
    };
    return { subject, rows, zone, time_range };
  };

  const totals = (row: PricedFigures) => ({
    total: row.sum,
    avg_power: row.mean,
    peak: row.max,
    readings: row.count,
    cost: row.cost,
    coverage: rounded(row.coverage),
    quality: row.quality,
    provisional: row.isProvisional,
  });

  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
    .openapi(compare, async (c) => {
      const asked = c.req.valid('json');
      const ids = [...new Set(asked.entity_ids)];
      const subjects = await Promise.all(ids.map((id) => subjectNamed(deps, id, 'entity_ids')));
      const period = periods[asked.aggregation];
      const range = rangeOf(asked, defaultDays[period], limits.compareDays[asked.aggregation]);
      const found = await compared(own, subjects, period, range.startUs, range.endUs);
      const zone = views.zone();
      return c.json(
        {
          time_range: { start: localIso(found.startUs, zone), end: localIso(found.endUs, zone) },
          aggregation: asked.aggregation,
          timestamps: found.startsUs.map((us) => localIso(us, zone)),
          results: found.results,
        },
        200,
      );
    })
    .openapi(list, async (c) => {
      const query = c.req.valid('query');
      const { entity_id: id } = c.req.valid('param');
      const { subject, rows, zone, time_range } = await read(id, query.period, query);
      return c.json(
        {
          entity_id: id,
          period: query.period,
          time_range,
          count: rows.length,
          data:
            query.format === 'chart'
              ? statisticsChartOf(rows)
              : rows.map((row) => statisticsRowOf(row, zone)),
          meta: { unit: subject.unit, currency: currency(), time_zone: zone },
        },
        200,
      );
    })
    .openapi(daily, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { subject, rows, zone, time_range } = await read(id, 'day', c.req.valid('query'));
      const data = rows.map((row) => ({ date: localDate(row.startUs, zone), ...totals(row) }));
      return c.json({ entity_id: id, unit: subject.unit, time_range, data }, 200);
    })
    .openapi(monthly, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { subject, rows, zone, time_range } = await read(id, 'month', c.req.valid('query'));
      const data = rows.map((row) => ({ month: localMonth(row.startUs, zone), ...totals(row) }));
      return c.json({ entity_id: id, unit: subject.unit, time_range, data }, 200);
    })
    .openapi(summary, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const subject = await subjectNamed(deps, id);
      const range = rangeOf(c.req.valid('query'), 1, limits.totalDays);
      if (range.startUs >= clock.nowUs())
        throw new HttpProblem(400, {
          detail: 'The range has not begun.',
          field: 'start_time',
          expected: 'an instant before now',
        });
      const found = await summaryOf(own, subject, range.startUs, range.endUs);
      return c.json({ entity_id: id, unit: subject.unit, ...found }, 200);
    });
}
