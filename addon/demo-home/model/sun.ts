/** Where the sun stands; good to a few tenths of a degree, which is all that a roof notices. */
import { dayMs } from '../../../src/units/durations.ts';

const radians = Math.PI / 180;

/** Sine of the sun's elevation (negative below the horizon). `ms` since the epoch; degrees north and east. */
export function sineOfElevation(ms: number, latitude: number, longitude: number): number {
  const days = ms / dayMs - 10_957.5; // since 2000-01-01T12:00Z
  const anomaly = (357.529 + 0.98560028 * days) * radians;
  const ecliptic =
    (280.459 + 0.98564736 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * radians;
  const obliquity = 23.439 * radians;
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(ecliptic), Math.cos(ecliptic));
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(ecliptic));
  const sidereal = (280.46062 + 360.9856473 * days + longitude) * radians;
  const hourAngle = sidereal - rightAscension;
  return (
    Math.sin(latitude * radians) * Math.sin(declination) +
    Math.cos(latitude * radians) * Math.cos(declination) * Math.cos(hourAngle)
  );
}
