import { type EntityState, type HomeAssistant, HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import { unlessAborted } from '../../runtime/pause.ts';
import type { Interval } from '../../units/interval.ts';
import { coverageHourUs, type FoundReadings } from '../coverage-store.ts';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';
import { parseState } from '../stream/reading-parser.ts';
import { recentDepth } from '../stream/recent-instants.ts';
import type { Recorder, TrackedEntity } from '../stream/recorder.ts';
import { untilVisible } from '../write/visible.ts';

export interface HistoryCopyDeps {
  readonly homeAssistant: Pick<HomeAssistant, 'history'>;
  readonly readings: Pick<ReadingStore, 'before' | 'range'>;
  readonly recorder: Pick<Recorder, 'newest' | 'record' | 'settled' | 'waiting' | 'zone'>;
  readonly clock: Clock;
}

export interface Copied {
  /** Readings that were not in the store before. */
  readonly added: number;
  readonly rejected: number;
  /** Where to continue. */
  readonly nextUs: number;
  /** How many states Home Assistant returned: the next span's length is chosen by it. */
  readonly states: number;
  /** Returned readings by the start of their hour. */
  readonly reported: ReadonlyMap<number, number>;
  /** Where the added readings lie. */
  readonly found: readonly FoundReadings[];
}

const pageReadings = 10_000;
const stretchesLimit = 100;

/**
 * Copies what Home Assistant recorded of one entity in a span and we did not, the same way as the stream does.
 * Rejects when Home Assistant or the store does; may be repeated.
 * @param isSettled all readings received of the span can be read in the store: one that is not there was lost, even
 * if the recorder has received it
 */
export async function copyHistory(
  deps: HistoryCopyDeps,
  entity: TrackedEntity,
  span: Interval,
  signal: AbortSignal,
  isSettled = false,
): Promise<Copied> {
  const { entityId } = entity;
  const states = await askHistory(deps.homeAssistant, entityId, span);
  const newest = deps.recorder.newest().get(entityId);
  // The recorder knows the few that are on their way to the store and leaves them out. More must be readable in the
  // store, or they would count as missing.
  if (deps.recorder.waiting() > recentDepth / 2 && newest !== undefined && newest.atUs >= span.startUs) {
    await unlessAborted(deps.recorder.settled(), signal);
    await untilVisible(deps.readings, newest, signal);
  }
  const known = states.length === 0 ? new Set<number>() : await knownInstants(deps.readings, entityId, span);
  const fresh: Reading[] = [];
  const reported = new Map<number, number>();
  const seen = new Set<number>();
  let rejected = 0;
  const nowUs = deps.clock.nowUs();
  for (const state of states) {
    const atUs = state.lastUpdatedUs;
    if (state.entityId !== entityId || seen.has(atUs)) continue;
    if (atUs < span.startUs || atUs >= span.endUs) continue;
    seen.add(atUs);
    if (!known.has(atUs)) {
      const parsed = parseState(state, entity, 'history', nowUs, deps.recorder.zone());
      if (parsed.kind !== 'reading') {
        rejected += 1;
        continue;
      }
      fresh.push(parsed.reading);
    }
    const hourUs = Math.floor(atUs / coverageHourUs) * coverageHourUs;
    reported.set(hourUs, (reported.get(hourUs) ?? 0) + 1);
  }
  let added = 0;
  for (let start = 0; start < fresh.length; start += pageReadings)
    added += await deps.recorder.record(fresh.slice(start, start + pageReadings), signal, isSettled);
  const found = stretchesOf(entityId, fresh);
  return { added, rejected, nextUs: span.endUs, states: states.length, reported, found };
}

/** Readings less than an hour apart lay in one gap. */
function stretchesOf(entityId: string, fresh: readonly Reading[]): FoundReadings[] {
  const found: FoundReadings[] = [];
  for (const { atUs } of fresh) addStretch(found, { entityId, firstUs: atUs, lastUs: atUs, added: 1 });
  return found;
}

/** Adds a stretch that starts after the ones already there; beyond the limit the last one is extended. */
export function addStretch(found: FoundReadings[], next: FoundReadings): void {
  const last = found.at(-1);
  const isOne = last !== undefined && next.firstUs - last.lastUs < coverageHourUs;
  if (last !== undefined && (isOne || found.length >= stretchesLimit))
    found[found.length - 1] = { ...last, lastUs: next.lastUs, added: last.added + next.added };
  else found.push(next);
}

/** Home Assistant is connected and refuses this history. */
export class HistoryRefused extends Error {
  override name = 'HistoryRefused';
}

async function askHistory(
  homeAssistant: Pick<HomeAssistant, 'history'>,
  entityId: string,
  span: Interval,
): Promise<EntityState[]> {
  try {
    return await homeAssistant.history([entityId], span.startUs, span.endUs);
  } catch (cause) {
    if (cause instanceof HomeAssistantUnavailable) throw cause;
    throw new HistoryRefused(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function knownInstants(
  store: Pick<ReadingStore, 'range'>,
  entityId: string,
  span: Interval,
): Promise<Set<number>> {
  const known = new Set<number>();
  let startUs = span.startUs;
  for (;;) {
    const page = await store.range(entityId, startUs, span.endUs, pageReadings);
    for (const { atUs } of page) known.add(atUs);
    const last = page.at(-1);
    if (last === undefined || page.length < pageReadings) return known;
    startUs = last.atUs + 1;
  }
}
