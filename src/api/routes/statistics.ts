import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import type { rangeQuery } from '../../schemas/statistics.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { localDate, localIso, localMonth } from '../../units/calendar.ts';
import { rounded } from '../answers/amounts.ts';
import { compared } from '../answers/compare.ts';
import { type AskedRange, readRange } from '../answers/ranges.ts';
import { figuresBy, type PricedFigures, statisticsChartOf, statisticsRowOf } from '../answers/statistics.ts';
import { subjectNamed } from '../answers/subjects.ts';
import { summaryOf } from '../answers/summary.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { HttpProblem } from '../http/problems.ts';

const defaultDays = { quarter: 1, hour: 1, day: 30, month: 365 } as const;
const periods = { hourly: 'hour', daily: 'day', monthly: 'month' } as const;
/** A bucket per hour of so many days is what the store is asked for at most, for a value that no view sums up. */
const valueDays = limits.spanDays.day;

export function statisticsRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, prices: Prices) {
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
        startUs: (endUs) => Math.min(nowUs, endUs) - defaultSpanDays * 86_400_000_000,
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

  app
    .openapi(route('POST /api/statistics/compare'), async (c) => {
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
    .openapi(route('GET /api/statistics/{entity_id}'), async (c) => {
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
    .openapi(route('GET /api/statistics/{entity_id}/daily'), async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { subject, rows, zone, time_range } = await read(id, 'day', c.req.valid('query'));
      const data = rows.map((row) => ({ date: localDate(row.startUs, zone), ...totals(row) }));
      return c.json({ entity_id: id, unit: subject.unit, time_range, data }, 200);
    })
    .openapi(route('GET /api/statistics/{entity_id}/monthly'), async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { subject, rows, zone, time_range } = await read(id, 'month', c.req.valid('query'));
      const data = rows.map((row) => ({ month: localMonth(row.startUs, zone), ...totals(row) }));
      return c.json({ entity_id: id, unit: subject.unit, time_range, data }, 200);
    })
    .openapi(route('GET /api/statistics/{entity_id}/summary'), async (c) => {
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
