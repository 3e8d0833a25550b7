/** External statistics: what an integration writes into Home Assistant's statistics by itself, for hours, without an entity. */
import { hourMs } from '../../../src/units/durations.ts';
import type { Row } from './row.ts';

interface ExternalHour {
  readonly startMs: number;
  /** Its meaning is up to its source: often the hour's own amount. */
  readonly state: number | null;
  readonly sum: number;
}

export interface ExternalStatistic {
  /** "source:id". */
  readonly statisticId: string;
  readonly name: string | null;
  readonly unit: string | null;
  /** Ascending. */
  readonly hours: readonly ExternalHour[];
}

/** Hours with start ≤ hour < end. */
export function externalRows({ hours }: ExternalStatistic, startUs: number, endUs: number): Row[] {
  return hours
    .filter(({ startMs }) => startMs * 1000 >= startUs && startMs * 1000 < endUs)
    .map(({ startMs, state, sum }) => ({
      ...{ startMs, endMs: startMs + hourMs, state, sum },
      ...{ mean: null, min: null, max: null },
    }));
}

export function externalSumBefore({ hours }: ExternalStatistic, us: number): number | null {
  return hours.findLast(({ startMs }) => startMs * 1000 < us)?.sum ?? null;
}
