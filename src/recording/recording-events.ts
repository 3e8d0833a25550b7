import { Emitter } from '../runtime/emitter.ts';
import type { Log } from '../runtime/log.ts';
import type { FoundReadings } from './coverage-store.ts';
import type { LateReadings } from './stream-stats.ts';

/** What happened to recording that a person may want to know. */
export type RecordingEvent =
  /** Home Assistant answered and reported no states; nothing was received since. */
  | {
      readonly kind: 'silent';
      readonly entityIds: readonly string[];
      readonly sinceUs: number;
      readonly atUs: number;
    }
  /** Readings that were missing were recovered. */
  | { readonly kind: 'found'; readonly found: FoundReadings }
  /** The store holds fewer readings of an hour than it did, and Home Assistant no longer has them. */
  | {
      readonly kind: 'lost';
      readonly entityId: string;
      readonly hourUs: number;
      readonly heldBefore: number;
      readonly held: number;
    }
  /** The unit that Home Assistant shows changed; values are stored in one unit all the same. */
  | {
      readonly kind: 'unit_changed';
      readonly entityId: string;
      readonly unitBefore: string;
      readonly unit: string;
      readonly atUs: number;
    }
  | {
      readonly kind: 'renamed';
      readonly entityId: string;
      readonly newEntityId: string;
      readonly atUs: number;
    }
  /** Home Assistant removed the entity. Its readings stay, nothing new comes. */
  | { readonly kind: 'removed'; readonly entityId: string; readonly atUs: number }
  /** Another entity of the same device and name replaces a removed one. */
  | {
      readonly kind: 'replaced';
      readonly entityId: string;
      readonly newEntityId: string;
      readonly atUs: number;
    }
  /** Readings came after a newer one of their entity; each was stored at its own instant. */
  | ({ readonly kind: 'out_of_order' } & LateReadings)
  /**
   * Our clock is ahead of Home Assistant's, whose instants are recorded, or behind; emitted again when that changes
   * much.
   */
  | {
      readonly kind: 'clock_drift';
      readonly driftUs: number;
      readonly sinceUs: number;
      readonly atUs: number;
    }
  /** The clocks agree: at the first check, and again after they differed. */
  | { readonly kind: 'clock_right'; readonly driftUs: number; readonly atUs: number }
  /** The disk of the app is full: nothing is written until there is room. */
  | { readonly kind: 'disk_full'; readonly freeBytes: number; readonly atUs: number }
  | { readonly kind: 'disk_free'; readonly freeBytes: number; readonly atUs: number };

/** All parts of recording emit here, so that a listener needs to know this one place. Events are not kept. */
export class RecordingEvents extends Emitter<[event: RecordingEvent]> {
  constructor(log: Log) {
    super(log, 'A listener to recording failed');
  }
}
