import { hourUs, minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { Recorder } from '../stream/recorder.ts';
import { type Copied, copyHistory, type HistoryCopyDeps, HistoryRefused } from './history-copy.ts';

export interface SpanCopyDeps extends HistoryCopyDeps {
  readonly recorder: HistoryCopyDeps['recorder'] & Pick<Recorder, 'tracked'>;
}

/** What Home Assistant returned of an entity in a span, by the hour; all of it was copied. */
export interface CopiedSpan {
  readonly entityId: string;
  readonly span: Interval;
  /** Until when Home Assistant had written when it was first asked: it did not return all of what came later. */
  readonly writtenUntilUs: number;
  readonly reported: ReadonlyMap<number, number>;
}

/** Where a back-fill saves what it copied, so that the coverage verification need not fetch it again. */
export interface CopyNotes {
  note(copied: readonly CopiedSpan[]): Promise<void>;
  /** Until when Home Assistant has surely written its states. */
  writtenUntilUs(): number;
}

interface SpanCopyCourse {
  readonly signal: AbortSignal;
  /** @see copyHistory */
  readonly isSettled?: boolean;
  readonly onCopied: (copied: Copied) => void;
  /** A piece was refused; it is tried again when this resolves. Its rejection ends the copy. */
  readonly onFailed: (message: string, cause: unknown) => Promise<void>;
}

/** How much of the past is fetched at once: an answer holds some thousand states. */
const firstChunkUs = 6 * hourUs;
const shortestChunkUs = 5 * minuteUs;
const longestChunkUs = 48 * hourUs;
const manyStates = 8000;
const fewStates = 1000;
/** An entity whose history is refused so often is left out. */
const triesPerChunk = 3;

/**
 * Copies the history of an entity in pieces that fit in memory.
 * @returns why its history could not be fetched; null when all of the span was copied, the entity is not tracked any
 * more, or the signal was aborted
 */
export async function copySpan(
  deps: SpanCopyDeps,
  entityId: string,
  span: Interval,
  course: SpanCopyCourse,
): Promise<string | null> {
  let chunkUs = firstChunkUs;
  let startUs = span.startUs;
  let tries = 0;
  while (startUs < span.endUs && !course.signal.aborted) {
    const entity = deps.recorder.tracked().get(entityId);
    if (entity === undefined) return null;
    const chunk = { startUs, endUs: Math.min(startUs + chunkUs, span.endUs) };
    try {
      const copied = await copyHistory(deps, entity, chunk, course.signal, course.isSettled);
      course.onCopied(copied);
      startUs = copied.nextUs;
      tries = 0;
      if (copied.states > manyStates) chunkUs = Math.max(shortestChunkUs, chunkUs / 4);
      else if (copied.states < fewStates) chunkUs = Math.min(longestChunkUs, chunkUs * 2);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      // An answer that exceeds its deadline is fetched in shorter pieces.
      chunkUs = Math.max(shortestChunkUs, chunkUs / 4);
      if (cause instanceof HistoryRefused) tries += 1;
      if (tries >= triesPerChunk) return message;
      await course.onFailed(message, cause);
    }
  }
  return null;
}

export function addCounts(counts: Map<number, number>, more: ReadonlyMap<number, number>): void {
  for (const [atUs, count] of more) counts.set(atUs, (counts.get(atUs) ?? 0) + count);
}
