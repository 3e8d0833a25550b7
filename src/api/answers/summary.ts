/** One entity over a span, and how that compares with the span of equal length before. */
import type { z } from 'zod';
import type { statisticsSummary } from '../../schemas/statistics.ts';
import { total } from '../../statistics/bucket.ts';
import { meterFigures } from '../../statistics/meter-statistics.ts';
import { spanBuckets, wholeQuarterHours } from '../../statistics/span-totals.ts';
import { type Trend, trendOf } from '../../statistics/trend.ts';
import { valueTotal } from '../../statistics/value-statistics.ts';
import { fromStore } from '../http/problems.ts';
import { timeRangeOf } from '../http/wire.ts';
import { costSum, rounded } from './amounts.ts';
import {
  costsOfSubject,
  hoursOfValue,
  ofValue,
  type PricedFigures,
  type StatisticsDeps,
} from './statistics.ts';
import type { Subject } from './subjects.ts';

type Answer = z.infer<typeof statisticsSummary>;

export async function summaryOf(
  deps: StatisticsDeps,
  subject: Subject,
  startUs: number,
  endUs: number,
): Promise<Omit<Answer, 'entity_id' | 'unit'>> {
  const span = wholeQuarterHours(startUs, endUs);
  const lengthUs = span.endUs - span.startUs;
  const before = { startUs: span.startUs - lengthUs, endUs: span.startUs };
  const [now, then] = await Promise.all([
    figuresOver(deps, subject, span.startUs, span.endUs),
    figuresOver(deps, subject, before.startUs, before.endUs),
  ]);
  const compares = (figures: PricedFigures) => (subject.counts === null ? figures.mean : figures.sum);
  const trend: Trend = trendOf(compares(now), compares(then));
  const zone = deps.ledger.views.zone();
  return {
    time_range: timeRangeOf(span, zone),
    summary: {
      total_consumption: now.sum,
      average_power: now.mean,
      peak_power: now.max,
      min_power: now.min,
      data_points: now.count,
      cost: now.cost,
      coverage: rounded(now.coverage),
      quality: now.quality,
      provisional: now.isProvisional,
    },
    trend: {
      percentage_change: trend.percentageChange,
      direction: trend.direction,
      comparison_period: timeRangeOf(before, zone),
      comparison_total: compares(then),
      comparison_coverage: rounded(then.coverage),
    },
  };
}

async function figuresOver(
  deps: StatisticsDeps,
  subject: Subject,
  startUs: number,
  endUs: number,
): Promise<PricedFigures> {
  const nowUs = deps.clock.nowUs();
  if (subject.counts === null) {
    const hours = await hoursOfValue(deps, subject.id, startUs, endUs);
    return ofValue(valueTotal(hours, startUs, endUs, nowUs));
  }
  const { views } = deps.ledger;
  const pieces = await fromStore(deps.stores, 'questdb', () =>
    spanBuckets(views, [subject.id], startUs, endUs),
  );
  const costs = await costsOfSubject(deps, subject, pieces);
  const whole = total(subject.id, pieces, startUs, endUs);
  return {
    ...meterFigures(whole, subject.counts, null, nowUs),
    isMeter: true,
    cost: costSum(costs.values()),
  };
}
