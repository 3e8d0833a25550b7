/**
 * Chance that is a pure function of its place: the same seed and the same numbers give the same value for ever,
 * in any order of asking. That is what lets the demo home be restarted without becoming another house.
 */

/** An unsigned 32-bit mix of a seed and two integers (their low 32 bits count). */
export function hash(seed: number, a: number, b: number): number {
  let h = Math.imul((seed ^ Math.imul(a | 0, 0x9e3779b1)) | 0, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h ^ Math.imul(b | 0, 0xc2b2ae35), 0x27d4eb2f);
  h ^= h >>> 15;
  h = Math.imul(h, 0x165667b1);
  h ^= h >>> 13;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 16)) >>> 0;
}

/** In [0, 1). */
export function chance(seed: number, a: number, b: number): number {
  return hash(seed, a, b) / 4_294_967_296;
}

/** An integer in [low, high]. */
export function chanceBetween(seed: number, a: number, b: number, low: number, high: number): number {
  return low + Math.floor(chance(seed, a, b) * (high - low + 1));
}

/** Values in [0, 1) at whole numbers, joined smoothly between them: clouds, temperature, habits. */
export function smoothNoise(seed: number, channel: number, x: number): number {
  const whole = Math.floor(x);
  const part = x - whole;
  const ease = part * part * (3 - 2 * part);
  return chance(seed, channel, whole) * (1 - ease) + chance(seed, channel, whole + 1) * ease;
}

/** A number for a text, to seed from names. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/**
 * Flicker within a minute that leaves the minute's energy as it is: seconds come in pairs, the second one takes back
 * what the first one added. Watts added in the given second (0-59), whole numbers up to ±amplitudeW.
 */
export function flickerW(seed: number, minute: number, second: number, amplitudeW: number): number {
  if (amplitudeW === 0) return 0;
  const added = pairW(seed, minute, second >> 1, amplitudeW);
  return (second & 1) === 0 ? added : -added;
}

/** The flicker's energy in joules from the minute's start until `seconds` later (0-60, fractions allowed). */
export function flickerJ(seed: number, minute: number, seconds: number, amplitudeW: number): number {
  if (amplitudeW === 0) return 0;
  const second = Math.floor(seconds);
  if (second >= 60) return 0;
  const part = seconds - second;
  const added = pairW(seed, minute, second >> 1, amplitudeW);
  return (second & 1) === 0 ? added * part : added * (1 - part);
}

function pairW(seed: number, minute: number, pair: number, amplitudeW: number): number {
  return chanceBetween(seed, minute, pair, -amplitudeW, amplitudeW);
}
