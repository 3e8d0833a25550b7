/** Formats durations with at most two units. */
import { minuteSeconds } from '../../src/units/durations.ts';
import type { Texts } from '../texts/en.ts';
import { formatCount } from './numbers.ts';

/** The two largest units that matter: "3 h 20 min", "2 d 5 h". */
export function formatDuration(seconds: number, language: string, { short }: Texts['units']): string {
  const inWords = (count: number, words: (count: string) => string) => words(formatCount(count, language));
  if (seconds < 59.5) return inWords(Math.round(seconds), short.seconds);
  const minutes = Math.round(seconds / minuteSeconds);
  if (minutes < 60) return inWords(minutes, short.minutes);
  const [size, large, small] =
    minutes < 48 * 60
      ? ([60, short.hours, short.minutes] as const)
      : ([24, short.days, short.hours] as const);
  const whole = size === 60 ? minutes : Math.round(minutes / 60);
  const rest = whole % size;
  const first = inWords(Math.floor(whole / size), large);
  return rest === 0 ? first : `${first} ${inWords(rest, small)}`;
}

/** In hours and minutes only: "127 h 20 min". */
export function formatHours(seconds: number, language: string, { short }: Texts['units']): string {
  const minutes = Math.round(seconds / minuteSeconds);
  if (minutes === 0)
    return `${seconds > 0 ? '<\u00a0' : ''}${short.minutes(formatCount(seconds > 0 ? 1 : 0, language))}`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const parts = [
    ...(hours > 0 ? [short.hours(formatCount(hours, language))] : []),
    ...(rest > 0 ? [short.minutes(formatCount(rest, language))] : []),
  ];
  return parts.join(' ');
}
