import { isoFromInstant } from '../../units/instant.ts';

/** The years that QuestDB is asked for: an open range of ours ends where its own would not. */
const firstUs = 0;
const lastUs = Date.UTC(2200, 0, 1) * 1000;

/** A bound parameter for an instant, also for the far ends of an open range. */
export function isoWithin(atUs: number): string {
  return isoFromInstant(Math.min(lastUs, Math.max(firstUs, atUs)));
}
