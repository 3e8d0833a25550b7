import { pause } from '../../runtime/pause.ts';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';

const tries = 40;
const betweenMs = 50;

/**
 * Waits until the store returns a reading that it has acknowledged: it is durable before it can be queried. Rejects
 * when the store is down; resolves after two seconds in any case.
 */
export async function untilVisible(
  store: Pick<ReadingStore, 'before'>,
  reading: Pick<Reading, 'entityId' | 'atUs'>,
  signal: AbortSignal,
): Promise<void> {
  for (let i = 0; i < tries && !signal.aborted; i += 1) {
    const found = await store.before(reading.entityId, reading.atUs + 1);
    if (found !== null && found.atUs >= reading.atUs) return;
    await pause(betweenMs, signal);
  }
}

/** The newest of some readings strictly before an instant; null when there is none. */
export function newestBefore(readings: Iterable<Reading>, atUs: number): Reading | null {
  let newest: Reading | null = null;
  for (const reading of readings)
    if (reading.atUs < atUs && (newest === null || newest.atUs < reading.atUs)) newest = reading;
  return newest;
}
