/**
 * The messages of `subscribe_entities`: a full state once, then what changed. Applies them to complete states, each
 * with its own instant. Core sends one message per state change, so every message is one state (the first is the
 * snapshot).
 */
import type { EntityState } from '../../home/home-assistant.ts';
import { instantFromSeconds } from '../../units/instant.ts';
import { isRecord, type WireRecord } from './wire.ts';

const nothing: WireRecord = {};

/** Known states by entity id; `apply` keeps it up to date. */
export class CompressedStates {
  readonly #wanted: ReadonlySet<string>;
  readonly #known = new Map<string, EntityState>();

  constructor(entityIds: readonly string[]) {
    this.#wanted = new Set(entityIds);
  }

  /**
   * The states in a message, in its order. Entities that were not requested are left out (Core 2024 sends all of them
   * when one can't be serialised).
   * @param receivedUs the instant of a removal, which has none of its own
   */
  apply(event: unknown, receivedUs: number): EntityState[] {
    if (!isRecord(event)) return [];
    const states: EntityState[] = [];
    for (const [entityId, added] of entriesOf(event.a)) {
      if (this.#wanted.has(entityId)) this.#take(states, fullState(entityId, added));
    }
    for (const [entityId, change] of entriesOf(event.c)) {
      if (this.#wanted.has(entityId))
        this.#take(states, changedState(entityId, this.#known.get(entityId), change));
    }
    if (Array.isArray(event.r)) {
      for (const entityId of event.r) {
        if (typeof entityId !== 'string' || !this.#wanted.has(entityId)) continue;
        this.#known.delete(entityId);
        states.push({ entityId, state: null, attributes: nothing, lastUpdatedUs: receivedUs });
      }
    }
    return states;
  }

  #take(states: EntityState[], state: EntityState | null): void {
    if (state === null) return;
    this.#known.set(state.entityId, state);
    states.push(state);
  }
}

function entriesOf(value: unknown): [string, WireRecord][] {
  if (!isRecord(value)) return [];
  return Object.entries(value).filter((entry): entry is [string, WireRecord] => isRecord(entry[1]));
}

function fullState(entityId: string, added: WireRecord): EntityState | null {
  const lastUpdatedUs = updatedUs(added);
  if (typeof added.s !== 'string' || lastUpdatedUs === null) return null;
  return { entityId, state: added.s, attributes: isRecord(added.a) ? added.a : nothing, lastUpdatedUs };
}

function changedState(
  entityId: string,
  before: EntityState | undefined,
  change: WireRecord,
): EntityState | null {
  const plus = isRecord(change['+']) ? change['+'] : nothing;
  const minus = isRecord(change['-']) ? change['-'] : nothing;
  const state = typeof plus.s === 'string' ? plus.s : before?.state;
  // Neither is sent: two changes within one microsecond.
  const lastUpdatedUs = updatedUs(plus) ?? before?.lastUpdatedUs;
  // A change of a state that could not be serialised before: its value is known, its attributes are not.
  if (state === undefined || state === null || lastUpdatedUs === undefined) return null;
  return {
    entityId,
    state,
    attributes: changedAttributes(before?.attributes ?? nothing, plus.a, minus.a),
    lastUpdatedUs,
  };
}

function changedAttributes(before: WireRecord, added: unknown, removed: unknown): WireRecord {
  if (!isRecord(added) && !Array.isArray(removed)) return before;
  const attributes = { ...before, ...(isRecord(added) ? added : nothing) };
  if (Array.isArray(removed)) for (const key of removed) delete attributes[String(key)];
  return attributes;
}

/** `lu` is left out when it equals `lc`: a state that changed was updated then too. */
function updatedUs(compressed: WireRecord): number | null {
  const seconds = typeof compressed.lu === 'number' ? compressed.lu : compressed.lc;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? instantFromSeconds(seconds) : null;
}
