import { quarterHourUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Entry, EntryKind, EntryReason, Quality } from './entry.ts';
import { byQuarterHour, worse } from './entry.ts';

/** A part of an amount that lies in one quarter-hour. */
export interface Part {
  readonly amountMicro: number;
  readonly coveredUs: number;
  readonly quality: Quality;
  readonly reason: EntryReason;
  readonly firstEvidenceUs: number;
  readonly lastEvidenceUs: number;
  readonly onTimeUs: number | null;
}

/** Adds up parts by quarter-hour and kind, in any order. */
export class QuarterHourSheet {
  readonly #parts = new Map<string, { kind: EntryKind; quarterHourStartUs: number; part: Part }>();
  readonly #startUs: number;
  readonly #endUs: number;

  /** Only quarter-hours that start in [startUs, endUs) are kept. */
  constructor(startUs: number, endUs: number) {
    this.#startUs = startUs;
    this.#endUs = endUs;
  }

  /** An independent copy: what is added to one is not in the other. */
  copy(): QuarterHourSheet {
    const other = new QuarterHourSheet(this.#startUs, this.#endUs);
    for (const [key, part] of this.#parts) other.#parts.set(key, part);
    return other;
  }

  add(kind: EntryKind, startUs: number, part: Part): void {
    if (startUs < this.#startUs || startUs >= this.#endUs) return;
    const key = `${kind} ${startUs}`;
    const found = this.#parts.get(key);
    this.#parts.set(key, {
      kind,
      quarterHourStartUs: startUs,
      part: found ? joined(found.part, part) : part,
    });
  }

  /**
   * Entries by quarter-hour, quantities before restarts. A quarter-hour that ends after `lastEvidenceUs` is
   * provisional.
   */
  entries(lastEvidenceUs: number): Entry[] {
    return [...this.#parts.values()]
      .map(({ kind, quarterHourStartUs: startUs, part }) => ({
        kind,
        quarterHourStartUs: startUs,
        ...part,
        isProvisional: startUs + quarterHourUs > lastEvidenceUs,
      }))
      .sort(byQuarterHour);
  }
}

function joined(one: Part, other: Part): Part {
  return {
    amountMicro: one.amountMicro + other.amountMicro,
    coveredUs: one.coveredUs + other.coveredUs,
    quality: worse(one.quality, other.quality),
    reason: strongerReason(one.reason, other.reason),
    firstEvidenceUs: Math.min(one.firstEvidenceUs, other.firstEvidenceUs),
    lastEvidenceUs: Math.max(one.lastEvidenceUs, other.lastEvidenceUs),
    onTimeUs: one.onTimeUs === null ? other.onTimeUs : one.onTimeUs + (other.onTimeUs ?? 0),
  };
}

/**
 * Weakest first. The reason that most needs an explanation wins: an exchange over a reset over a spread over plain
 * counting, and a correction over all of them.
 */
const reasonRank: readonly EntryReason[] = [
  'counted',
  'integrated',
  'switched_off',
  'spread',
  'reset',
  'exchange',
  'corrected',
  'withdrawn',
];

function strongerReason(one: EntryReason, other: EntryReason): EntryReason {
  return reasonRank.indexOf(one) >= reasonRank.indexOf(other) ? one : other;
}

/** The boundaries of quarter-hours strictly inside (startUs, endUs). */
export function boundariesBetween(startUs: number, endUs: number): number[] {
  const boundaries: number[] = [];
  for (let at = quarterHourStartUs(startUs) + quarterHourUs; at < endUs; at += quarterHourUs)
    boundaries.push(at);
  return boundaries;
}
