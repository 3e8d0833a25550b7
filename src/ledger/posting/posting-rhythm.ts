import type { Clock } from '../../runtime/clock.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { type ChangedRange, isPast } from '../entries/cause.ts';

interface PostingRhythmDeps {
  /** Whether a panel shows live figures. */
  readonly isWatched: () => boolean;
  readonly clock: Pick<Clock, 'nowUs'>;
}

/** A meter that reports every few seconds has settled the quarter-hour by then. */
const graceUs = 20_000_000;

/** The start of the quarter-hour that is not final at an instant: it runs, or ended a moment ago. */
export function unsettledUs(nowUs: number): number {
  return quarterHourStartUs(nowUs - graceUs);
}

/**
 * Decides when to post: once per quarter-hour, when it is over; at every turn while a panel shows live figures, or
 * where something other than recent readings waits. Late readings wait together for the end of the quarter-hour.
 */
export class PostingRhythm {
  readonly #deps: PostingRhythmDeps;
  #postedQuarterHourUs: number | null = null;

  constructor(deps: PostingRhythmDeps) {
    this.#deps = deps;
  }

  isDue(waiting: Iterable<ChangedRange>): boolean {
    if (this.#deps.isWatched() || this.#quarterHourUs() !== this.#postedQuarterHourUs) return true;
    for (const change of waiting) if (change.cause !== 'readings' || isPast(change)) return true;
    return false;
  }

  /** Records that a round that began at `beganUs` has posted everything. */
  posted(beganUs: number): void {
    this.#postedQuarterHourUs = unsettledUs(beganUs);
  }

  #quarterHourUs(): number {
    return unsettledUs(this.#deps.clock.nowUs());
  }
}
