/**
 * The states of one entity over time: reports of the model at their instants, and what was put in by hand. A change
 * is derived, not stored, so that the live events and the history are the same by construction.
 */

import type { Cadence } from '../entities/cadence.ts';
import type { EntityDefinition } from '../entities/catalogue.ts';
import { isAway, textAt } from '../entities/reading.ts';
import type { House } from '../model/house.ts';

export type Attributes = Readonly<Record<string, unknown>>;

export interface Change {
  /** `last_updated`. */
  readonly atUs: number;
  /** `last_changed`: earlier when only the attributes changed. */
  readonly changedUs: number;
  /** Null: the entity is gone. */
  readonly text: string | null;
  readonly attributes: Attributes;
}

/** The states of one entity over time, live and past. */
export interface States {
  /** When it was first changed by hand; null while it follows the model alone. */
  firstTouchUs(): number | null;
  put(change: Change): void;
  /** Instant of the last state put in by hand. */
  lastTouchUs(): number;
  fallAway(startUs: number): void;
  comeBack(endUs: number): void;
  hush(startUs: number): void;
  unhush(endUs: number): void;
  reset(atUs: number): void;
  /** What the model reports at the instant; null when nothing. */
  reportAt(us: number): string | null;
  /** The last report at or before the instant, changed or not; null when there is none. */
  lastReportUs(us: number): number | null;
  /** Changes in (afterUs, endUs], `from` being the state in force at afterUs. */
  changes(from: Change | null, afterUs: number, endUs: number): Change[];
  /** The last change at or before the instant; null before the first. */
  inForceAt(us: number): Change | null;
}

interface Window {
  readonly startUs: number;
  /** Infinity while it lasts. */
  endUs: number;
}

export class Timeline implements States {
  readonly #house: House;
  readonly #definition: EntityDefinition | null;
  readonly #cadence: Cadence | null;
  readonly #attributes: Attributes;
  /** By hand, in order. */
  readonly #byHand: Change[] = [];
  readonly #away: Window[] = [];
  /** No reports: the entity is gone, or the home stands still. */
  readonly #quiet: Window[] = [];
  readonly #resets: number[] = [];

  /** Without a definition only what is put in by hand is there. */
  constructor(
    house: House,
    definition: EntityDefinition | null,
    cadence: Cadence | null,
    attributes: Attributes,
  ) {
    this.#house = house;
    this.#definition = definition;
    this.#cadence = cadence;
    this.#attributes = attributes;
  }

  firstTouchUs(): number | null {
    return this.#byHand[0]?.atUs ?? null;
  }

  lastTouchUs(): number {
    return this.#byHand.at(-1)?.atUs ?? 0;
  }

  put(change: Change): void {
    const last = this.#byHand.at(-1);
    if (last !== undefined && change.atUs <= last.atUs)
      throw new RangeError('a state must be later than the one before');
    this.#byHand.push(change);
  }

  fallAway(startUs: number): void {
    this.#away.push({ startUs, endUs: Infinity });
  }
  comeBack(endUs: number): void {
    const last = this.#away.at(-1);
    if (last !== undefined && last.endUs === Infinity) last.endUs = endUs;
  }
  hush(startUs: number): void {
    this.#quiet.push({ startUs, endUs: Infinity });
  }
  unhush(endUs: number): void {
    const last = this.#quiet.at(-1);
    if (last !== undefined && last.endUs === Infinity) last.endUs = endUs;
  }
  reset(atUs: number): void {
    this.#resets.push(atUs);
  }

  reportAt(us: number): string | null {
    const definition = this.#definition;
    if (definition === null || isIn(this.#quiet, us)) return null;
    if (isIn(this.#away, us)) return 'unavailable';
    if (definition.unreliable === true && isAway(this.#house.seed, definition, us)) return 'unavailable';
    let resetUs: number | null = null;
    for (const reset of this.#resets) if (reset <= us) resetUs = reset;
    return textAt(this.#house, definition, us, resetUs);
  }

  lastReportUs(us: number): number | null {
    if (this.#cadence === null) return null;
    return this.#cadence.instantUs(this.#cadence.lastAt(us));
  }

  changes(from: Change | null, afterUs: number, endUs: number): Change[] {
    const found: Change[] = [];
    let current = from;
    let hand = firstAfter(this.#byHand, afterUs);
    const takeByHand = (beforeUs: number) => {
      for (
        let next = this.#byHand[hand];
        next !== undefined && next.atUs <= beforeUs;
        next = this.#byHand[++hand]
      ) {
        current = next;
        found.push(next);
      }
    };
    if (this.#cadence !== null) {
      const last = this.#cadence.lastAt(endUs);
      for (let k = this.#cadence.lastAt(afterUs) + 1; k <= last; k++) {
        const atUs = this.#cadence.instantUs(k);
        takeByHand(atUs);
        const text = this.reportAt(atUs);
        if (text === null || text === current?.text || atUs === current?.atUs) continue;
        current = { atUs, changedUs: atUs, text, attributes: this.#attributes };
        found.push(current);
      }
    }
    takeByHand(endUs);
    return found;
  }

  inForceAt(us: number): Change | null {
    const hand = this.#byHand[firstAfter(this.#byHand, us) - 1] ?? null;
    if (this.#cadence === null) return hand;
    const firstUs = this.#house.calendar.firstMs * 1000;
    const floorUs = hand === null ? firstUs : Math.max(hand.atUs, firstUs);
    let earliest: { atUs: number; text: string } | null = null;
    let isWholeSpanTheSame = true;
    for (let k = this.#firstAlike(this.#cadence, floorUs, us); ; k--) {
      const atUs = this.#cadence.instantUs(k);
      if (atUs <= floorUs) break;
      const text = this.reportAt(atUs);
      if (text === null) continue;
      if (earliest !== null && earliest.text !== text) {
        isWholeSpanTheSame = false;
        break;
      }
      earliest = { atUs, text };
    }
    // Reports that only repeat what was put in by hand are no change.
    if (earliest === null || (isWholeSpanTheSame && hand !== null && earliest.text === hand.text))
      return hand;
    return {
      atUs: earliest.atUs,
      changedUs: earliest.atUs,
      text: earliest.text,
      attributes: this.#attributes,
    };
  }

  /**
   * Where to start the walk back. A meter that only rises may not change for weeks (export in winter): the first
   * report with the text of the last one is then found by halving.
   */
  #firstAlike(cadence: Cadence, floorUs: number, us: number): number {
    const last = cadence.lastAt(us);
    const definition = this.#definition;
    const canFall = definition?.stateClass !== 'total_increasing' || definition.unreliable === true;
    if (canFall || this.#away.length > 0 || this.#quiet.length > 0) return last;
    let low = cadence.lastAt(floorUs) + 1;
    if (low >= last) return last;
    const text = this.reportAt(cadence.instantUs(last));
    for (let high = last; low < high; ) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.reportAt(cadence.instantUs(middle)) === text) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function isIn(windows: readonly Window[], us: number): boolean {
  for (const window of windows) if (us >= window.startUs && us < window.endUs) return true;
  return false;
}

/** Index of the first change later than the instant. */
function firstAfter(changes: readonly Change[], us: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const change = changes[middle];
    if (change !== undefined && change.atUs <= us) low = middle + 1;
    else high = middle;
  }
  return low;
}
