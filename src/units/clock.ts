/** Time as a parameter: nothing below main.ts reads the system clock by itself. */
export interface Clock {
  /** Now, in microseconds since the Unix epoch, UTC. */
  nowUs(): number;
  /** A reading of a clock that never steps, in milliseconds; only differences mean anything. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowUs: () => Math.round((performance.timeOrigin + performance.now()) * 1000),
  monotonicMs: () => performance.now(),
};
