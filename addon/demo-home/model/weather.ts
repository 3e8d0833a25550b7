/** Clouds and temperature of a Belgian year, by seed. */
import { chance, smoothNoise } from './noise.ts';
import { sineOfElevation } from './sun.ts';

export const latitude = 50.85;
export const longitude = 4.35;

const cloudsOfDay = 101;
const cloudsSlow = 102;
const cloudsFast = 103;
const warmth = 104;

/** The part of the clear sky's light that comes through, 0.08-1. `minute` since the epoch. */
export function clearness(seed: number, day: number, minute: number): number {
  const kind = chance(seed, cloudsOfDay, day);
  // A third of the days overcast, a third with passing clouds, a third fair.
  const cover = kind < 0.34 ? 0.72 : kind < 0.67 ? 0.42 : 0.12;
  const slow = smoothNoise(seed, cloudsSlow, minute / 35);
  const fast = smoothNoise(seed, cloudsFast, minute / 4);
  return Math.max(0.08, 1 - cover * (0.45 + 0.75 * slow) - cover * 0.35 * fast);
}

/** W of a 7.8 kWp roof behind a 6 kW inverter. */
export function solarW(seed: number, day: number, minute: number): number {
  const sine = sineOfElevation(minute * 60_000 + 30_000, latitude, longitude);
  if (sine <= 0.01) return 0;
  const clear = 7800 * sine ** 1.15;
  return Math.min(6000, Math.round(clear * clearness(seed, day, minute)));
}

/** °C outside. */
export function outdoorC(seed: number, dayOfYear: number, minute: number, wallMinute: number): number {
  const season = 10.5 - 7.5 * Math.cos(((dayOfYear - 20) / 365) * 2 * Math.PI);
  const hour = -3.2 * Math.cos(((wallMinute - 240) / 1440) * 2 * Math.PI);
  return season + hour + 8 * (smoothNoise(seed, warmth, minute / 2880) - 0.5);
}
