/** When reconciliation is due. Pure. */
import { Cron } from 'croner';

/** Some minutes past the hour: Home Assistant's row of it comes about ten seconds past, late readings a little later. */
const hourly = '6 * * * *';
/** By the home's wall clock; on the day that leaves it out, at three, and once where it comes twice. */
const nightly = '0 2 * * *';

export function nextHourlyUs(afterUs: number): number {
  return next(hourly, 'UTC', afterUs);
}

export function nextNightlyUs(afterUs: number, zone: string): number {
  return next(nightly, zone, afterUs);
}

function next(pattern: string, timezone: string, afterUs: number): number {
  // Without a function no timer starts: the reconciler waits by its own clock.
  const found = new Cron(pattern, { timezone }).nextRun(new Date(afterUs / 1000));
  if (found === null) throw new RangeError(`${pattern} never comes after ${afterUs}`);
  return found.getTime() * 1000;
}
