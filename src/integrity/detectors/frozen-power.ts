/** A power sensor that keeps a value other than 0 far longer than usual. */
import { hourUs } from '../../units/durations.ts';
import type { Finding } from '../ticket.ts';

interface ReportedValue {
  readonly atUs: number;
  readonly value: number | null;
}

/** At least so long … */
const stillUs = 6 * hourUs;
/** … and so many times the longest that it kept any other value. */
const stillTimes = 10;
/** With fewer readings it is not known what is usual. */
const habitReadings = 50;

/** The longest that a value other than 0 stood, and the one before it. Fed in the order of time, page by page. */
export class Stillness {
  #readings = 0;
  #longest: { startUs: number; endUs: number; value: number } | null = null;
  #secondUs = 0;
  #held: { atUs: number; value: number | null } | null = null;

  take({ atUs, value }: ReportedValue): void {
    this.#readings += 1;
    if (this.#held !== null && this.#held.value === value) return;
    this.#end(atUs);
    this.#held = { atUs, value };
  }

  /** @param endUs until when the last value holds, as a change would have been reported; null when not known */
  finding(entityId: string, endUs: number | null): Finding | null {
    if (endUs !== null) this.#end(endUs);
    const longest = this.#longest;
    if (longest === null || this.#readings < habitReadings) return null;
    const us = longest.endUs - longest.startUs;
    if (us < stillUs || us < stillTimes * this.#secondUs) return null;
    return {
      kind: 'frozen',
      entityId,
      startUs: longest.startUs,
      endUs: longest.endUs,
      statement: {
        code: 'power_frozen',
        values: { valueW: longest.value, stillUs: us, usualUs: this.#secondUs },
      },
      evidence: [
        { name: 'still_seconds', value: Math.round(us / 1_000_000), unit: 's' },
        { name: 'theirs', value: longest.value, unit: 'W' },
      ],
      relatedEntityId: null,
      choices: ['accept', 'exclude'],
    };
  }

  #end(atUs: number): void {
    const held = this.#held;
    if (held === null || held.value === null || held.value === 0) return;
    const us = atUs - held.atUs;
    const longestUs = this.#longest === null ? 0 : this.#longest.endUs - this.#longest.startUs;
    if (us > longestUs) {
      this.#secondUs = longestUs;
      this.#longest = { startUs: held.atUs, endUs: atUs, value: held.value };
    } else this.#secondUs = Math.max(this.#secondUs, us);
  }
}
