import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { type AnswerOf, route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import type { compareRequest, rangeQuery } from '../../schemas/statistics.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { localDate, localIso, localMonth } from '../../units/calendar.ts';
import { rounded } from '../answers/amounts.ts';
import { compared } from '../answers/compare.ts';
import { lastDays, rangeOf } from '../answers/ranges.ts';
import {
  figuresBy,
  type PricedFigures,
  type StatisticsDeps,
  statisticsChartOf,
  statisticsRowOf,
} from '../answers/statistics.ts';
import { type Subject, subjectNamed } from '../answers/subjects.ts';
import { summaryOf } from '../answers/summary.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { HttpProblem } from '../http/problems.ts';
import { timeRangeOf } from '../http/wire.ts';

const defaultDays = { quarter: 1, hour: 1, day: 30, month: 365 } as const;
const periods = { hourly: 'hour', daily: 'day', monthly: 'month' } as const;
/** A value has no view that sums it up: so many days of hours are read at most. */
const valueDays = limits.spanDays.day;

type Deps = ApiDeps & StatisticsDeps;

export function statisticsRoutes(app: OpenAPIHono<ApiEnv>, api: ApiDeps, prices: Prices) {
  const deps: Deps = { ...api, pricing: { prices, stores: api.stores, log: api.log } };

  app.openapi(route('POST /api/statistics/compare'), async (c) =>
    c.json(await comparison(deps, c.req.valid('json')), 200),
  );
  app.openapi(route('GET /api/statistics/{entity_id}'), async (c) => {
    const query = c.req.valid('query');
    const { entity_id } = c.req.valid('param');
    const { period, format } = query;
    const { subject, rows, zone, time_range } = await read(deps, entity_id, period, query);
    const data = format === 'chart' ? statisticsChartOf(rows) : rows.map((row) => statisticsRowOf(row, zone));
    const currency = deps.home.config()?.currency ?? null;
    const meta = { unit: subject.unit, currency, time_zone: zone };
    return c.json({ entity_id, period, time_range, count: rows.length, data, meta }, 200);
  });
  app.openapi(route('GET /api/statistics/{entity_id}/daily'), async (c) => {
    const { entity_id } = c.req.valid('param');
    const { subject, rows, zone, time_range } = await read(deps, entity_id, 'day', c.req.valid('query'));
    const data = rows.map((row) => ({ date: localDate(row.startUs, zone), ...totalsOf(row) }));
    return c.json({ entity_id, unit: subject.unit, time_range, data }, 200);
  });
  app.openapi(route('GET /api/statistics/{entity_id}/monthly'), async (c) => {
    const { entity_id } = c.req.valid('param');
    const { subject, rows, zone, time_range } = await read(deps, entity_id, 'month', c.req.valid('query'));
    const data = rows.map((row) => ({ month: localMonth(row.startUs, zone), ...totalsOf(row) }));
    return c.json({ entity_id, unit: subject.unit, time_range, data }, 200);
  });
  app.openapi(route('GET /api/statistics/{entity_id}/summary'), async (c) => {
    const { entity_id } = c.req.valid('param');
    const subject = await subjectNamed(deps, entity_id);
    const { startUs, endUs } = rangeOf(deps, c.req.valid('query'), limits.totalDays);
    if (startUs >= deps.clock.nowUs())
      throw new HttpProblem(400, {
        detail: 'The range has not begun.',
        field: 'start_time',
        expected: 'an instant before now',
      });
    const found = await summaryOf(deps, subject, startUs, endUs);
    return c.json({ entity_id, unit: subject.unit, ...found }, 200);
  });
}

async function comparison(
  deps: Deps,
  asked: z.output<typeof compareRequest>,
): Promise<AnswerOf<'POST /api/statistics/compare'>> {
  const { aggregation } = asked;
  const ids = [...new Set(asked.entity_ids)];
  const subjects = await Promise.all(ids.map((id) => subjectNamed(deps, id, 'entity_ids')));
  const period = periods[aggregation];
  const { startUs, endUs } = rangeOf(
    deps,
    asked,
    limits.compareDays[aggregation],
    lastDays(defaultDays[period]),
  );
  const found = await compared(deps, subjects, period, startUs, endUs);
  const zone = deps.ledger.views.zone();
  return {
    time_range: timeRangeOf(found, zone),
    aggregation,
    timestamps: found.startsUs.map((us) => localIso(us, zone)),
    results: found.results,
  };
}

/** The figures of one entity in each bucket that touches the range. */
async function read(
  deps: Deps,
  id: string,
  period: keyof typeof defaultDays,
  query: z.output<typeof rangeQuery>,
) {
  const subject = await subjectNamed(deps, id);
  const asked = rangeOf(deps, query, longestDays(subject, period), lastDays(defaultDays[period]));
  const rows = await figuresBy(deps, subject, period, asked.startUs, asked.endUs);
  const zone = deps.ledger.views.zone();
  const startUs = rows[0]?.startUs ?? asked.startUs;
  const endUs = rows.at(-1)?.endUs ?? asked.endUs;
  return { subject, rows, zone, time_range: timeRangeOf({ startUs, endUs }, zone) };
}

function longestDays({ id, counts }: Subject, period: keyof typeof defaultDays): number {
  if (counts !== null) return limits.spanDays[period];
  if (period === 'quarter')
    throw new HttpProblem(400, {
      detail: `${id} reports a value, and values are summed up by the hour.`,
      field: 'period',
      expected: 'hour, day or month',
    });
  return Math.min(valueDays, limits.spanDays[period]);
}

function totalsOf(row: PricedFigures) {
  return {
    total: row.sum,
    avg_power: row.mean,
    peak: row.max,
    readings: row.count,
    cost: row.cost,
    coverage: rounded(row.coverage),
    quality: row.quality,
    provisional: row.isProvisional,
  };
}
