import type { EntityState, HomeAssistant } from '../home/home-assistant.ts';
import { HomeAssistantUnavailable } from '../home/home-assistant.ts';
import type { Clock } from '../units/clock.ts';
import type { Span } from './backfill-queue.ts';
import { unlessAborted } from './pause.ts';
import type { Reading } from './reading.ts';
import { parseState } from './reading-parser.ts';
import type { ReadingStore } from './reading-store.ts';
import { recentDepth } from './recent-instants.ts';
import type { Recorder, TrackedEntity } from './recorder.ts';
import { untilVisible } from './visible.ts';

export interface HistoryCopyDeps {
  readonly homeAssistant: Pick<HomeAssistant, 'history'>;
  readonly readings: Pick<ReadingStore, 'before' | 'range'>;
  readonly recorder: Pick<Recorder, 'newest' | 'record' | 'settled' | 'waiting'>;
  readonly clock: Clock;
}

export interface Copied {
  /** Readings that were not there before. */
  readonly added: number;
  readonly rejected: number;
  /** Where to go on. */
  readonly nextUs: number;
  /** How many states Home Assistant told: what the next span's length is chosen by. */
  readonly states: number;
}

const pageReadings = 10_000;

/**
 * Copies what Home Assistant recorded of one entity in a span and we did not, the way that the stream goes. Rejects when
 * Home Assistant or the store does; may be repeated.
 */
export async function copyHistory(
  deps: HistoryCopyDeps,
  entity: TrackedEntity,
  span: Span,
  signal: AbortSignal,
): Promise<Copied> {
  const { entityId } = entity;
  const states = await askHistory(deps.homeAssistant, entityId, span);
  const newest = deps.recorder.newest().get(entityId);
  // Few enough on their way to the store are known to the recorder, which leaves them out. More must be seen there, not
  // to be counted as missing.
  if (deps.recorder.waiting() > recentDepth / 2 && newest !== undefined && newest.atUs >= span.startUs) {
    await unlessAborted(deps.recorder.settled(), signal);
    await untilVisible(deps.readings, newest, signal);
  }
  const known = states.length === 0 ? new Set<number>() : await knownInstants(deps.readings, entityId, span);
  const fresh: Reading[] = [];
  let rejected = 0;
  const nowUs = deps.clock.nowUs();
  for (const state of states) {
    if (state.entityId !== entityId || known.has(state.lastUpdatedUs)) continue;
    if (state.lastUpdatedUs < span.startUs || state.lastUpdatedUs >= span.endUs) continue;
    known.add(state.lastUpdatedUs);
    const parsed = parseState(state, entity, 'history', nowUs);
    if (parsed.kind === 'reading') fresh.push(parsed.reading);
    else rejected += 1;
  }
  let added = 0;
  for (let start = 0; start < fresh.length; start += pageReadings)
    added += await deps.recorder.record(fresh.slice(start, start + pageReadings), signal);
  return { added, rejected, nextUs: span.endUs, states: states.length };
}

/** Home Assistant is there and does not answer with this history. */
export class HistoryRefused extends Error {
  override name = 'HistoryRefused';
}

async function askHistory(
  homeAssistant: Pick<HomeAssistant, 'history'>,
  entityId: string,
  span: Span,
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
  span: Span,
): Promise<Set<number>> {
  const known = new Set<number>();
  let fromUs = span.startUs;
  for (;;) {
    const page = await store.range(entityId, fromUs, span.endUs, pageReadings);
    for (const { atUs } of page) known.add(atUs);
    const last = page.at(-1);
    if (last === undefined || page.length < pageReadings) return known;
    fromUs = last.atUs + 1;
  }
}
