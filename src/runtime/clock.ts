/** Time is passed in: nothing below main.ts reads the system clock by itself. */
export interface Clock {
  /** Now, in microseconds since the Unix epoch, UTC. */
  nowUs(): number;
  /** A clock that never steps, in milliseconds; only differences mean anything. */
  monotonicMs(): number;
}

/**
 * When the two clocks differ by more than this, the system's clock was set: by a person, by NTP, or while the machine
 * slept.
 */
const isSteppedMs = 20;
let originMs = performance.timeOrigin;

export const systemClock: Clock = {
  /** Microseconds come from the clock that never steps, as long as it agrees with the one that can be set. */
  nowUs: () => {
    const steppedMs = Date.now() - (originMs + performance.now());
    if (Math.abs(steppedMs) > isSteppedMs) originMs += steppedMs;
    return Math.round((originMs + performance.now()) * 1000);
  },
  monotonicMs: () => performance.now(),
};
