import type { Log } from '../runtime/log.ts';
import type { FoundReadings } from './coverage-proof.ts';
import type { LateReadings } from './stream-stats.ts';

/** What happened to recording that a person may want to know of. */
export type RecordingEvent =
  /** Home Assistant answered and told no states; since then nothing was heard. */
  | {
      readonly kind: 'silent';
      readonly entityIds: readonly string[];
      readonly sinceUs: number;
      readonly atUs: number;
    }
  /** Readings were missing and are there now. */
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
  /** Its readings stay, nothing new comes. */
  | { readonly kind: 'removed'; readonly entityId: string; readonly atUs: number }
  /** Another entity of the same device and name stands in the place of a removed one. */
  | {
      readonly kind: 'replaced';
      readonly entityId: string;
      readonly newEntityId: string;
      readonly atUs: number;
    }
  /** Readings came after a newer one of their entity; each was taken in its place. */
  | ({ readonly kind: 'out_of_order' } & LateReadings)
  /** Our clock is ahead of Home Assistant's, whose instants these are, or behind; told again when that changes much. */
  | {
      readonly kind: 'clock_drift';
      readonly driftUs: number;
      readonly sinceUs: number;
      readonly atUs: number;
    }
  /** They agree: at the first look, and again after they were apart. */
  | { readonly kind: 'clock_right'; readonly driftUs: number; readonly atUs: number }
  /** The disk of the app: nothing is written until there is room. */
  | { readonly kind: 'disk_full'; readonly freeBytes: number; readonly atUs: number }
  | { readonly kind: 'disk_free'; readonly freeBytes: number; readonly atUs: number };

export type RecordingListener = (event: RecordingEvent) => void;

/** The one place to listen to. What nobody listens to is not kept. */
export class RecordingEvents {
  readonly #log: Log;
  readonly #listeners = new Set<RecordingListener>();

  constructor(log: Log) {
    this.#log = log;
  }

  listen(listener: RecordingListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(event: RecordingEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (cause) {
        this.#log.error({ err: cause, event: event.kind }, 'an event of recording was not taken');
      }
    }
  }
}
