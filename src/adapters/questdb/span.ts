import { isoFromInstant } from '../../units/instant.ts';

/** The range of instants in queries: an open range is cut to instants that QuestDB accepts. */
const firstUs = 0;
const lastUs = Date.UTC(2200, 0, 1) * 1000;

/** A bound parameter for an instant, also for the far ends of an open range. */
export function isoWithin(atUs: number): string {
  return isoFromInstant(Math.min(lastUs, Math.max(firstUs, atUs)));
}
