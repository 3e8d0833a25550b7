import type { Clock } from '../units/clock.ts';
import { quarterStartUs } from '../units/quarter.ts';
import { isPast, type News } from './cause.ts';

export interface PostingRhythmDeps {
  /** Somebody has figures before him that follow the present. */
  readonly isWatched: () => boolean;
  readonly clock: Pick<Clock, 'nowUs'>;
}

/** A meter that speaks every some seconds has settled the quarter by then. */
const graceUs = 20_000_000;

/** The start of the quarter that is not posted for good at an instant: it runs, or was over a moment ago. */
export function unsettledUs(nowUs: number): number {
  return quarterStartUs(nowUs - graceUs);
}

/**
 * When there is a reason to post: each quarter-hour once, when it is over; at every turn while somebody looks on, and where
 * what waits is no reading of the present. Late readings wait for the quarter's end, together.
 */
export class PostingRhythm {
  readonly #deps: PostingRhythmDeps;
  #postedQuarterUs: number | null = null;

  constructor(deps: PostingRhythmDeps) {
    this.#deps = deps;
  }

  isDue(waiting: Iterable<News>): boolean {
    if (this.#deps.isWatched() || this.#quarterUs() !== this.#postedQuarterUs) return true;
    for (const news of waiting) if (news.cause !== 'readings' || isPast(news)) return true;
    return false;
  }

  /** A round that began a moment ago has posted all there was. */
  posted(beganUs: number): void {
    this.#postedQuarterUs = unsettledUs(beganUs);
  }

  #quarterUs(): number {
    return unsettledUs(this.#deps.clock.nowUs());
  }
}
