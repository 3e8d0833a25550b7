/** The sentence at the top of the Health page: what needs a decision, and what is missing in the last days. Pure. */
import type { Coverage } from '../../../src/schemas/ledger.ts';
import { formatDuration } from '../../format/durations.ts';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';
import { coverageCell, lengthOf, negligibleSeconds } from './coverage-grid.ts';

interface DayGap {
  readonly startMs: number;
  /** Of the meter with the longest gap; gaps of several meters at the same time are not added up. */
  readonly seconds: number;
  readonly names: readonly string[];
}

/** Days with gaps, the longest first. */
export function gapsOf({ entities }: Coverage): DayGap[] {
  const days = new Map<number, DayGap>();
  for (const { name, rows } of entities)
    for (const row of rows) {
      const { missing } = coverageCell(row).parts;
      if (missing < negligibleSeconds) continue;
      const startMs = Date.parse(row.start);
      const before = days.get(startMs);
      days.set(startMs, {
        startMs,
        seconds: Math.max(before?.seconds ?? 0, missing),
        names: [...(before?.names ?? []), name],
      });
    }
  return [...days.values()].sort((one, other) => other.seconds - one.seconds || other.startMs - one.startMs);
}

function missingWords(answer: Coverage, t: Texts, locale: Locale): string {
  const words = t.health.sentence;
  const { language } = locale;
  const [worst, ...others] = gapsOf(answer);
  const count = (value: number) => formatCount(value, language);
  if (worst !== undefined) {
    const length = formatDuration(worst.seconds, language, t.units);
    const day = formatInstant(worst.startMs, 'dayAndMonth', locale);
    if (others.length > 0) return words.days(count(others.length + 1), day, length);
    const [name = ''] = worst.names;
    return worst.names.length === 1
      ? words.oneMeter(length, name, day)
      : words.oneDay(length, day, count(worst.names.length));
  }
  const rows = answer.entities.flatMap((entity) => entity.rows);
  const known = rows.filter((row) => {
    const { parts } = coverageCell(row);
    return lengthOf(parts) - parts.before > negligibleSeconds;
  });
  if (known.length === 0) return words.nothingYet;
  if (known.some((row) => row.estimated_seconds >= negligibleSeconds)) return words.estimated;
  if (known.some((row) => row.hourly_seconds >= negligibleSeconds)) return words.hourly;
  const firstMs = Math.min(...known.map((row) => Date.parse(row.start)));
  return firstMs > Date.parse(answer.time_range.start)
    ? words.allSince(formatInstant(firstMs, 'dayAndMonth', locale))
    : words.all;
}

/**
 * @param answer the last ten days by day; null while it is not known
 * @param unknown statistic ids of the sources that are not known
 */
export function sentenceOf(
  answer: Coverage | null,
  decisions: number,
  isDown: boolean,
  t: Texts,
  locale: Locale,
  unknown: readonly string[] = [],
): string {
  const words = t.health.sentence;
  const parts: string[] = [];
  if (isDown) parts.push(words.down);
  if (decisions > 0) parts.push(words.decisions(formatCount(decisions, locale.language), decisions === 1));
  if (unknown.length > 0) parts.push(words.unknownSources(unknown.slice(0, 3).join(', ')));
  if (answer !== null && answer.entities.length > 0) parts.push(missingWords(answer, t, locale));
  if (answer !== null && answer.entities.length === 0) parts.push(words.nothingTracked);
  return parts.length > 0 ? parts.join(' ') : words.unknown;
}
