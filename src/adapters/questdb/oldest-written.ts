import type { Clock } from '../../runtime/clock.ts';
import { minuteUs } from '../../units/durations.ts';

/** A view that was not refreshed for longer is not used; it is refreshed every hour. */
const keptMinutes = 130;

/**
 * Remembers how far back the readings reached that this process wrote in the last two hours; no other process writes.
 */
export class OldestWritten {
  readonly #clock: Clock;
  readonly #startedUs: number;
  /** The oldest instant by minute of writing. */
  readonly #oldest = new Map<number, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedUs = clock.nowUs();
  }

  add(oldestUs: number): void {
    const minute = Math.floor(this.#clock.nowUs() / minuteUs);
    this.#oldest.set(minute, Math.min(oldestUs, this.#oldest.get(minute) ?? oldestUs));
    if (this.#oldest.size <= keptMinutes) return;
    for (const known of this.#oldest.keys()) if (known <= minute - keptMinutes) this.#oldest.delete(known);
  }

  /** The oldest reading that was written since an instant; 0 when that is not known. */
  oldestSince(sinceUs: number): number {
    const nowUs = this.#clock.nowUs();
    if (sinceUs < this.#startedUs || sinceUs < nowUs - (keptMinutes - 1) * minuteUs) return 0;
    const first = Math.floor(sinceUs / minuteUs);
    const since = [...this.#oldest].filter(([minute]) => minute >= first).map(([, oldestUs]) => oldestUs);
    return Math.min(nowUs, ...since);
  }
}
