/** Several entities on one grid of buckets. */

import type { z } from 'zod';
import type { compareResult } from '../../schemas/statistics.ts';
import { aligned } from '../../statistics/bucket.ts';
import { comparedColumnsOf } from '../../statistics/figures/figures.ts';
import { meterFigures } from '../../statistics/meter-statistics.ts';
import { valueFigures } from '../../statistics/value-statistics.ts';
import { bucketEdges, type Period } from '../../units/calendar.ts';
import type { Interval } from '../../units/interval.ts';
import { fromStore } from '../http/problems.ts';
import {
  costsOfSubject,
  groundsColumnsOf,
  hoursOfValue,
  ofValue,
  type PricedFigures,
  type StatisticsDeps,
} from './statistics.ts';
import type { Subject } from './subjects.ts';

interface Compared extends Interval {
  readonly startsUs: readonly number[];
  readonly results: z.infer<typeof compareResult>['results'];
}

/** All meters are asked for in one question; values have no view of their own and are asked for one by one. */
export async function compared(
  deps: StatisticsDeps,
  subjects: readonly Subject[],
  period: Period,
  startUs: number,
  endUs: number,
): Promise<Compared> {
  const { views } = deps.ledger;
  const zone = views.zone();
  const nowUs = deps.clock.nowUs();
  const edges = bucketEdges(startUs, endUs, period, zone);
  const meters = subjects.filter((subject) => subject.counts !== null).map((subject) => subject.id);
  const buckets = await fromStore(deps.stores, 'questdb', () =>
    views.buckets(meters, period, startUs, endUs),
  );
  const columns = await Promise.all(
    subjects.map(async (subject) => {
      const { counts } = subject;
      if (counts === null) {
        const hours = await hoursOfValue(deps, subject.id, startUs, endUs);
        const figures = valueFigures(hours, period, zone, startUs, endUs, nowUs);
        return [subject.id, columnsOf(subject, figures.map(ofValue))] as const;
      }
      const own = aligned(buckets, subject.id, startUs, endUs, period, zone);
      const costs = await costsOfSubject(deps, subject, own);
      const figures = own.map((bucket) => ({
        ...meterFigures(bucket, counts, null, nowUs),
        isMeter: true,
        cost: costs.get(bucket.startUs) ?? null,
      }));
      return [subject.id, columnsOf(subject, figures)] as const;
    }),
  );
  return {
    startUs: edges[0] ?? startUs,
    endUs: edges.at(-1) ?? endUs,
    startsUs: edges.slice(0, -1),
    results: Object.fromEntries(columns),
  };
}

function columnsOf(subject: Subject, figures: readonly PricedFigures[]): Compared['results'][string] {
  return { unit: subject.unit, ...comparedColumnsOf(figures), ...groundsColumnsOf(figures) };
}
