/** Answers that follow the address: asked again when the question changes, and while the answer can still change. */
import { useEffect, useMemo } from 'preact/hooks';
import { minuteMs } from '../../src/units/durations.ts';
import type { ApiProblem } from '../api.ts';
import { type Period, periodToParams, type Span, spanOf } from '../period/period.ts';
import { locale, nowMs, pastChanges, status } from './home.ts';
import { Resource } from './resource.ts';

const refreshEveryMs = minuteMs;
/** Many changes of the past in a row, as during an import, cause one refresh. */
const settleMs = 5000;

/** How often the answer for an interval is refreshed; null for one that is over or in the future. */
function refreshPaceMs({ startMs, endMs }: Span, atMs: number): number | null {
  return atMs >= startMs && atMs < endMs + refreshEveryMs ? refreshEveryMs : null;
}

/**
 * @param key identifies the question: everything that `fetcher` depends on
 * @param everyMs refresh interval while the page is visible; null for an answer that does not change by itself
 */
export function useFollowed<T>(
  key: string,
  fetcher: (signal: AbortSignal) => Promise<T>,
  everyMs: number | null = refreshEveryMs,
): Resource<T> {
  const resource = useMemo(() => new Resource<T>(), []);
  useEffect(() => () => resource.stop(), [resource]);
  useEffect(() => {
    void resource.ask(fetcher);
  }, [resource, key]);
  useEffect(() => {
    const timer = setInterval(() => {
      if (everyMs !== null && document.visibilityState === 'visible') void resource.refresh();
    }, everyMs ?? refreshEveryMs);
    return () => clearInterval(timer);
  }, [resource, everyMs]);
  const past = pastChanges.value;
  const first = useMemo(() => past, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (past !== first) void resource.refresh();
    }, settleMs);
    return () => clearTimeout(timer);
  }, [resource, past, first]);
  return resource;
}

/** Refreshes the status and `others` once, then the status every `everyMs` while the page is visible. */
export function useStatusRefresh(everyMs: number, others: readonly Resource<unknown>[]): void {
  useEffect(() => {
    for (const resource of [status, ...others]) void resource.refresh();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void status.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, []);
}

/** An answer with its question, so that an old one keeps its own period and names while the next is fetched. */
export interface PeriodAnswer<T> {
  /** Its question. */
  readonly key: string;
  readonly answer: T;
  readonly period: Period;
  /** The app's clock when the answer arrived. */
  readonly atMs: number;
}

export interface FollowedAnswer<T> {
  readonly resource: Resource<PeriodAnswer<T>>;
  /** The newest answer, which may still answer an earlier question; null before the first. */
  readonly shown: PeriodAnswer<T> | null;
  readonly isLoading: boolean;
  readonly problem: ApiProblem | null;
  /** Whether the current question has no answer because it failed. */
  readonly hasFailed: boolean;
}

/**
 * Follows the answer for a period of the home's calendar.
 * @param question what else the answer depends on
 * @param everyMs see `useFollowed`; by default every minute while the period is running
 */
export function usePeriodAnswer<T>(
  period: Period,
  question: string,
  ask: (span: Span, signal: AbortSignal) => Promise<T>,
  everyMs?: number | null,
): FollowedAnswer<T> {
  const { zone } = locale.value;
  const span = spanOf(period, zone);
  const key = JSON.stringify([question, periodToParams(period), span, zone]);
  const paceMs = everyMs === undefined ? refreshPaceMs(span, nowMs.value) : everyMs;
  const resource = useFollowed<PeriodAnswer<T>>(
    key,
    async (signal) => ({ key, answer: await ask(span, signal), period, atMs: nowMs.peek() }),
    paceMs,
  );
  const { data: shown, problem, isLoading } = resource.state.value;
  return { resource, shown, isLoading, problem, hasFailed: problem !== null && shown?.key !== key };
}
