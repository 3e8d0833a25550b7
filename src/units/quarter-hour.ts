/**
 * Quarter-hours of the clock. They align with UTC in every zone in use (offsets are multiples of fifteen minutes),
 * so the ledger needs no zone; days and months do, and belong to the views.
 */
import { quarterHourUs } from './durations.ts';

/** The start of the quarter-hour in which an instant lies; a boundary belongs to the quarter-hour it opens. */
export function quarterHourStartUs(atUs: number): number {
  return Math.floor(atUs / quarterHourUs) * quarterHourUs;
}
