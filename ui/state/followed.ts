/** An answer that belongs to what the address says: asked anew when that changes, and again while it still grows. */
import { useEffect, useMemo } from 'preact/hooks';
import type { Span } from '../period/period.ts';
import { pastChanges } from './home.ts';
import { Resource } from './resource.ts';

const refreshEveryMs = 60_000;
/** Many changes of the past in a row, as while history comes in, are one look. */
const settleMs = 5000;

/** How often a span is looked at again; null for one that is over or to come, and no longer changes by itself. */
export function paceOf({ startMs, endMs }: Span, nowMs: number): number | null {
  return nowMs >= startMs && nowMs < endMs + refreshEveryMs ? refreshEveryMs : null;
}

/** `key` names the question; `everyMs` only counts while the page is seen, null for what no longer changes by itself. */
export function useFollowed<T>(
  key: string,
  fetcher: (signal: AbortSignal) => Promise<T>,
  everyMs: number | null = refreshEveryMs,
): Resource<T> {
  const resource = useMemo(() => new Resource<T>(), []);
  useEffect(() => () => resource.stop(), [resource]);
  // the key says all that the fetcher depends on
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
