/** What a part of the coverage says in words. Pure. */
import { formatDuration } from '../../format/durations.ts';
import { formatShare } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import {
  type CoverageCell,
  type Grounds,
  grounds,
  lengthOf,
  negligibleSeconds,
  type Why,
} from './coverage-grid.ts';

/** "23 h 40 min measured, 20 min missing"; of the home, whose meters' times add up, as shares. */
export function partsText(parts: Grounds, isHome: boolean, t: Texts, language: string): string {
  const words = t.health.coverage;
  const length = lengthOf(parts);
  const shown = grounds.filter((ground) => parts[ground] >= Math.min(negligibleSeconds, length / 2));
  if (shown.length === 1 && shown[0] !== undefined) return `${words.whole} ${words.grounds[shown[0]]}`;
  return shown
    .map((ground) => {
      const amount = isHome
        ? formatShare(parts[ground] / length, language)
        : formatDuration(parts[ground], language, t.units);
      return `${amount} ${words.grounds[ground]}`;
    })
    .join(', ');
}

/** What a reason explains: of others' reasons nothing has to be said. */
const explains: Readonly<Record<Why, readonly (keyof Grounds)[]>> = {
  recovered_from_history: ['fetched'],
  imported: ['measured'],
  only_hours_are_known: ['hourly'],
  silent_or_unavailable: ['estimated'],
  corrected: ['estimated', 'measured'],
  before_the_first: ['before'],
  nothing_heard: ['missing'],
};

export function whyText({ parts, why }: CoverageCell, t: Texts): string {
  return why
    .filter((reason) => explains[reason].some((ground) => parts[ground] >= 1))
    .map((reason) => t.health.coverage.why[reason])
    .join('; ');
}
