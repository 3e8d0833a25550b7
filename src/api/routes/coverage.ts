import { createRoute, OpenAPIHono, type z } from '@hono/zod-openapi';
import { limits } from '../../schemas/common.ts';
import { coverage, coverageQuery, type coverageRow } from '../../schemas/ledger.ts';
import { type CoverageRow, coverageRows, mergedCoverage } from '../../statistics/coverage.ts';
import { bucketEdges, bucketStartUs, localIso, nextBucketUs } from '../../units/calendar.ts';
import { dayUs, minuteUs } from '../../units/durations.ts';
import { rounded } from '../answers/amounts.ts';
import { isMeter } from '../answers/meters.ts';
import { readRange } from '../answers/ranges.ts';
import { subjectNamed } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { json, problems } from './answers.ts';

/** What was just heard may not be posted yet; that is no hole. */
const postedWithinUs = minuteUs;
const longestDays = { quarter: limits.ledgerDays, day: 400 } as const;

const get = createRoute({
  method: 'get',
  path: '/api/coverage',
  tags: ['Ledger'],
  summary: 'What is measured, recovered, estimated and missing, and why',
  description: `Of every tracked meter, in seconds by local day over at most ${longestDays.day} days, or by quarter-hour over ${longestDays.quarter}. Up to a minute ago: what is to come, or not posted yet, is not missing.`,
  request: { query: coverageQuery },
  responses: { 200: json(coverage, 'By meter'), ...problems(400, 404, 503) },
});

export function coverageRoutes(deps: ApiDeps) {
  const { home, clock, stores, ledger } = deps;
  const { views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);

  const metersOf = async (asked: string | undefined) => {
    const all = home.entities();
    if (asked === undefined)
      return home
        .tracked()
        .filter((entity) => isMeter(entity, all))
        .map((entity) => ({ id: entity.entityId, name: entity.name }));
    const subject = await subjectNamed(deps, asked);
    if (subject.counts === null)
      throw new HttpProblem(404, { detail: `${asked} has no ledger.`, field: 'entity_id' });
    return [{ id: subject.id, name: subject.entity?.name ?? subject.id }];
  };

  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated }).openapi(get, async (c) => {
    const query = c.req.valid('query');
    const { period } = query;
    const zone = views.zone();
    const nowUs = clock.nowUs();
    const asked = readRange({
      asked: query,
      zone,
      nowUs,
      longestDays: longestDays[period],
      defaults: {
        endUs: nowUs,
        startUs: (endUs) => bucketStartUs(Math.min(endUs, nowUs) - 6 * dayUs, 'day', zone),
      },
    });
    const meters = await metersOf(query.entity_id);
    const ids = meters.map((meter) => meter.id);
    const [counts, firsts] = await Promise.all([
      ask(() => views.grounds(ids, period, asked.startUs, asked.endUs)),
      ask(() => views.firsts(ids)),
    ]);
    const byMeter = Map.groupBy(counts, (count) => count.entityId);
    const startUs = bucketStartUs(asked.startUs, period, zone);
    const endUs =
      bucketEdges(startUs, asked.endUs, period, zone).at(-1) ?? nextBucketUs(startUs, period, zone);
    return c.json(
      {
        time_range: { start: localIso(startUs, zone), end: localIso(endUs, zone) },
        period,
        time_zone: zone,
        entities: meters.map(({ id, name }) => {
          const rows = coverageRows(
            byMeter.get(id) ?? [],
            firsts.get(id) ?? null,
            period,
            zone,
            startUs,
            endUs,
            nowUs - postedWithinUs,
          );
          return {
            entity_id: id,
            name,
            coverage: measuredPart(rows),
            rows: (period === 'quarter' ? mergedCoverage(rows) : rows).map((row) => told(row, zone)),
          };
        }),
      },
      200,
    );
  });
}

function measuredPart(rows: readonly CoverageRow[]): number {
  let measured = 0;
  let passed = 0;
  for (const { knownUs, missingUs } of rows) {
    measured += knownUs.measured + knownUs.imported + knownUs.recovered;
    passed += missingUs + Object.values(knownUs).reduce((sum, part) => sum + part, 0);
  }
  return passed === 0 ? 0 : rounded(Math.min(1, measured / passed));
}

function told(row: CoverageRow, zone: string): z.infer<typeof coverageRow> {
  const seconds = (us: number) => us / 1_000_000;
  return {
    start: localIso(row.startUs, zone),
    end: localIso(row.endUs, zone),
    measured_seconds: seconds(row.knownUs.measured),
    imported_seconds: seconds(row.knownUs.imported),
    recovered_seconds: seconds(row.knownUs.recovered),
    hourly_seconds: seconds(row.knownUs.hourly),
    estimated_seconds: seconds(row.knownUs.estimated),
    missing_seconds: seconds(row.missingUs),
    why: [...row.why],
  };
}
