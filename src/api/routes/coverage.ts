import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import type { coverageRow } from '../../schemas/ledger.ts';
import { type CoverageRow, coverageRows, mergedCoverage } from '../../statistics/coverage.ts';
import { bucketEdges, bucketStartUs, nextBucketUs } from '../../units/calendar.ts';
import { minuteUs } from '../../units/durations.ts';
import { rounded } from '../answers/amounts.ts';
import { isMeter } from '../answers/meters.ts';
import { lastSevenDays, rangeOf } from '../answers/ranges.ts';
import { subjectNamed } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { timeRangeOf } from '../http/wire.ts';

/** Readings of the last minute may not be posted yet; that is no gap. */
const postedWithinUs = minuteUs;

export function coverageRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
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

  app.openapi(route('GET /api/coverage'), async (c) => {
    const query = c.req.valid('query');
    const { period } = query;
    const zone = views.zone();
    const nowUs = clock.nowUs();
    const asked = rangeOf(deps, query, limits.coverageDays[period], lastSevenDays);
    const meters = await metersOf(query.entity_id);
    const ids = meters.map((meter) => meter.id);
    const [counts, firsts] = await Promise.all([
      ask(() => views.qualityCounts(ids, period, asked.startUs, asked.endUs)),
      ask(() => views.firsts(ids)),
    ]);
    const byMeter = Map.groupBy(counts, (count) => count.entityId);
    const startUs = bucketStartUs(asked.startUs, period, zone);
    const endUs =
      bucketEdges(startUs, asked.endUs, period, zone).at(-1) ?? nextBucketUs(startUs, period, zone);
    return c.json(
      {
        time_range: timeRangeOf({ startUs, endUs }, zone),
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
            rows: (period === 'quarter' ? mergedCoverage(rows) : rows).map((row) => rowOf(row, zone)),
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

function rowOf(row: CoverageRow, zone: string): z.infer<typeof coverageRow> {
  const seconds = (us: number) => us / 1_000_000;
  return {
    ...timeRangeOf(row, zone),
    measured_seconds: seconds(row.knownUs.measured),
    imported_seconds: seconds(row.knownUs.imported),
    recovered_seconds: seconds(row.knownUs.recovered),
    hourly_seconds: seconds(row.knownUs.hourly),
    estimated_seconds: seconds(row.knownUs.estimated),
    missing_seconds: seconds(row.missingUs),
    why: [...row.why],
  };
}
