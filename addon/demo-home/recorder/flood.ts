/**
 * Sensors for benchmarks: thousands of events a second whose instants and texts are a function of their number, so
 * that the recorder can return what was sent without having stored it.
 */
import type { Attributes, Change, States } from './timeline.ts';

export interface FloodRun {
  readonly startUs: number;
  readonly ratePerSecond: number;
  /** Of all sensors together; event i belongs to sensor i modulo `sensors`. */
  readonly events: number;
  readonly sensors: number;
}

/** Instant of event i. */
export function floodInstantUs(run: FloodRun, i: number): number {
  return run.startUs + Math.floor((i * 1_000_000) / run.ratePerSecond);
}

/** One of the sensors. `runs` is shared by all of them and only ever grows. */
export class FloodStates implements States {
  readonly #place: number;
  readonly #runs: readonly FloodRun[];
  readonly #attributes: Attributes;
  readonly #bornUs: number;

  constructor(place: number, runs: readonly FloodRun[], attributes: Attributes, bornUs: number) {
    this.#place = place;
    this.#runs = runs;
    this.#attributes = attributes;
    this.#bornUs = bornUs;
  }

  firstTouchUs(): number | null {
    return this.#bornUs;
  }
  lastTouchUs(): number {
    return this.#bornUs;
  }
  put(): void {
    throw new RangeError('a benchmark sensor takes no state by hand');
  }
  fallAway(): void {}
  comeBack(): void {}
  hush(): void {}
  unhush(): void {}
  reset(): void {}
  reportAt(): string | null {
    return null;
  }
  lastReportUs(): number | null {
    return null;
  }

  changes(_from: Change | null, afterUs: number, endUs: number): Change[] {
    const found: Change[] = [];
    if (this.#bornUs > afterUs && this.#bornUs <= endUs) found.push(this.#change(this.#bornUs, '0'));
    for (const run of this.#runs) {
      if (this.#place >= run.sensors) continue;
      if (endUs < run.startUs) break;
      let turn = Math.max(0, this.#turnAt(run, afterUs));
      for (; ; turn++) {
        const i = turn * run.sensors + this.#place;
        if (i >= run.events) break;
        const atUs = floodInstantUs(run, i);
        if (atUs > endUs) break;
        if (atUs > afterUs) found.push(this.#change(atUs, textOf(turn)));
      }
    }
    return found;
  }

  inForceAt(us: number): Change | null {
    for (let r = this.#runs.length - 1; r >= 0; r--) {
      const run = this.#runs[r];
      if (run === undefined || this.#place >= run.sensors || us < run.startUs) continue;
      const last = Math.floor((run.events - 1 - this.#place) / run.sensors);
      let turn = Math.min(last, this.#turnAt(run, us) + 1);
      while (turn >= 0 && floodInstantUs(run, turn * run.sensors + this.#place) > us) turn--;
      if (turn >= 0) return this.#change(floodInstantUs(run, turn * run.sensors + this.#place), textOf(turn));
    }
    return us >= this.#bornUs ? this.#change(this.#bornUs, '0') : null;
  }

  /** A turn at or shortly before the instant. */
  #turnAt(run: FloodRun, us: number): number {
    const i = ((us - run.startUs) * run.ratePerSecond) / 1_000_000;
    return Math.floor((i - this.#place) / run.sensors) - 1;
  }

  #change(atUs: number, text: string): Change {
    return { atUs, changedUs: atUs, text, attributes: this.#attributes };
  }
}

/** Never the same twice in a row. */
function textOf(turn: number): string {
  return String(1 + (turn % 9973));
}
