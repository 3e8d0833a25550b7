import type { Clock } from '../../runtime/clock.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { type ChangedRange, isPast } from '../entries/cause.ts';

interface PostingRhythmDeps {
  /** Somebody has figures before him that follow the present. */
  readonly isWatched: () => boolean;
  readonly clock: Pick<Clock, 'nowUs'>;
}

/** A meter that speaks every some seconds has settled the quarter by then. */
const graceUs = 20_000_000;

/** The start of the quarter that is not posted for good at an instant: it runs, or was over a moment ago. */
export function unsettledUs(nowUs: number): number {
  return quarterHourStartUs(nowUs - graceUs);
}

/**
 * When there is a reason to post: each quarter-hour once, when it is over; at every turn while somebody looks on, and where
 * what waits is no reading of the present. Late readings wait for the quarter's end, together.
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

  /** A round that began a moment ago has posted all there was. */
  posted(beganUs: number): void {
    this.#postedQuarterHourUs = unsettledUs(beganUs);
  }

  #quarterHourUs(): number {
    return unsettledUs(this.#deps.clock.nowUs());
  }
}
