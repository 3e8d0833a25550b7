import type { Clock } from '../../runtime/clock.ts';

/** Small corrections that keep a clock right are no step. */
const stepUs = 30_000_000;

/**
 * Until when Home Assistant has surely written its states. It writes with a delay, and setting the clock forward does
 * not make it write sooner: until the delay has passed by the clock that never steps, the old time counts. Just after
 * a start it is not known whether the clock was set while nothing ran, so for that long only what is hours old counts
 * as written.
 */
export class WrittenTime {
  readonly #clock: Clock;
  readonly #delayUs: number;
  readonly #startDoubtUs: number;
  readonly #startedMs: number;
  /** One moment by both clocks, from before the last step. */
  #anchor: { readonly wallUs: number; readonly monotonicMs: number };
  #steppedMs: number | null = null;

  constructor(clock: Clock, delayUs: number, startDoubtUs: number) {
    this.#clock = clock;
    this.#delayUs = delayUs;
    this.#startDoubtUs = startDoubtUs;
    this.#startedMs = clock.monotonicMs();
    this.#anchor = { wallUs: clock.nowUs(), monotonicMs: clock.monotonicMs() };
  }

  endUs(): number {
    const wallUs = this.#clock.nowUs();
    const monotonicMs = this.#clock.monotonicMs();
    const expectedUs = this.#anchor.wallUs + (monotonicMs - this.#anchor.monotonicMs) * 1000;
    const isAhead = wallUs > expectedUs + stepUs;
    if (isAhead) this.#steppedMs ??= monotonicMs;
    const isWaiting = isAhead && (monotonicMs - (this.#steppedMs ?? 0)) * 1000 < this.#delayUs;
    if (isWaiting) return expectedUs - this.#delayUs;
    this.#steppedMs = null;
    this.#anchor = { wallUs, monotonicMs };
    const isNew = (monotonicMs - this.#startedMs) * 1000 < this.#delayUs;
    return wallUs - Math.max(this.#delayUs, isNew ? this.#startDoubtUs : 0);
  }
}
