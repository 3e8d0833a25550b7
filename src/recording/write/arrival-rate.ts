import type { Clock } from '../../runtime/clock.ts';

const windowMs = 1000;

/** How many arrived within a second, the present one or the one before; a burst counts for as long. */
export class ArrivalRate {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #beganMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #before = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  add(count: number): void {
    this.#turn();
    this.#count += count;
  }

  inASecond(): number {
    this.#turn();
    return Math.max(this.#count, this.#before);
  }

  #turn(): void {
    const nowMs = this.#clock.monotonicMs();
    const passedMs = nowMs - this.#beganMs;
    if (passedMs < windowMs) return;
    this.#before = passedMs < 2 * windowMs ? this.#count : 0;
    this.#count = 0;
    this.#beganMs = passedMs < 2 * windowMs ? this.#beganMs + windowMs : nowMs;
  }
}
