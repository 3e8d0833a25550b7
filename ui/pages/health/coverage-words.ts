/** The coverage in words. Pure. */
import { formatDuration } from '../../format/durations.ts';
import { formatShare } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import {
  type CoverageCell,
  lengthOf,
  negligibleSeconds,
  type QualitySeconds,
  qualityKinds,
  type Why,
} from './coverage-grid.ts';

/** "23 h 40 min measured, 20 min missing". As shares for the home, whose seconds are the sum of all meters. */
export function partsText(parts: QualitySeconds, isHome: boolean, t: Texts, language: string): string {
  const words = t.health.coverage;
  const length = lengthOf(parts);
  const shown = qualityKinds.filter((quality) => parts[quality] >= Math.min(negligibleSeconds, length / 2));
  if (shown.length === 1 && shown[0] !== undefined) return `${words.whole} ${words.qualities[shown[0]]}`;
  return shown
    .map((quality) => {
      const amount = isHome
        ? formatShare(parts[quality] / length, language)
        : formatDuration(parts[quality], language, t.units);
      return `${amount} ${words.qualities[quality]}`;
    })
    .join(', ');
}

/** The data quality that each reason explains; a reason is shown only with it. */
const explains: Readonly<Record<Why, readonly (keyof QualitySeconds)[]>> = {
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
    .filter((reason) => explains[reason].some((quality) => parts[quality] >= 1))
    .map((reason) => t.health.coverage.why[reason])
    .join('; ');
}
