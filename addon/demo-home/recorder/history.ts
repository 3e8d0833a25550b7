/** The raw states in the home's recorder: the last days only, as Core with its default purge. */

import { dayUs } from '../../../src/units/durations.ts';
import type { Entity } from '../home/entity.ts';
import type { Home } from '../home/home.ts';
import type { Change } from './timeline.ts';

export interface Recorded {
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly lastUpdatedUs: number;
  readonly lastChangedUs: number;
}

export class History {
  readonly #home: Home;
  readonly #keepUs: number;

  constructor(home: Home, keepDays: number) {
    this.#home = home;
    this.#keepUs = keepDays * dayUs;
  }

  /** All that ever went by the id, the present one last: the recorder knows an entity by its id alone. */
  find(entityId: string): Entity[] {
    const present = this.#home.entities.get(entityId);
    const gone = this.#home.gone.filter((entity) => entity.entityId === entityId);
    return present === undefined ? gone : [...gone, present];
  }

  /** Nothing older is held. */
  oldestUs(): number {
    return Math.max(this.#home.cursorUs() - this.#keepUs, this.#home.house.calendar.firstMs * 1000);
  }

  /** States with start ≤ last_updated < end, oldest first. */
  recorded(entityId: string, startUs: number, endUs: number): Recorded[] {
    const afterUs = Math.max(startUs, this.oldestUs()) - 1;
    const lastUs = Math.min(endUs - 1, this.#home.cursorUs());
    return this.find(entityId).flatMap(({ timeline }) =>
      timeline
        .changes(timeline.inForceAt(afterUs), afterUs, lastUs)
        .flatMap((change) => recordOf(change) ?? []),
    );
  }

  /** The state in force at the instant; null before the oldest one held. */
  inForceAt(entityId: string, us: number): Recorded | null {
    if (us < this.oldestUs()) return null;
    const changes = this.find(entityId).flatMap(({ timeline }) => timeline.inForceAt(us) ?? []);
    const last = changes.at(-1);
    return last === undefined ? null : recordOf(last);
  }
}

function recordOf(change: Change): Recorded | null {
  if (change.text === null) return null;
  return {
    state: change.text,
    attributes: change.attributes,
    lastUpdatedUs: change.atUs,
    lastChangedUs: change.changedUs,
  };
}
