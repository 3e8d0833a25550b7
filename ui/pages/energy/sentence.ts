/** The sentence at the top of the Energy page, which also says what is not known. Pure. */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { isIncomplete } from '../../chart/data-quality.ts';
import { formatInstant, formatPeriod, type Locale, withPeriod } from '../../format/instants.ts';
import { formatEnergy, formatShare } from '../../format/numbers.ts';
import { periodOfSpan } from '../../period/buckets.ts';
import { contains, dateAt, includes, type Period, parseSpan } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';
import { type Change, changeOf } from './comparison.ts';

/** A smaller change counts as no change. */
const sameShare = 0.005;

/** Name of the period that it is compared with; empty without a comparison. */
export function otherName(
  answer: BalanceAnswer,
  period: Period,
  nowMs: number,
  t: Texts['energy'],
  { language, zone }: Locale,
): string {
  const range = answer.comparison?.time_range;
  if (range === undefined) return '';
  const other = periodOfSpan(period.kind, Date.parse(range.start), Date.parse(range.end), zone);
  const today = dateAt(nowMs, zone);
  const isYesterday = other.kind === 'day' && other.end.equals(today) && includes(period, today);
  return isYesterday ? t.sentence.yesterday : formatPeriod(other, language);
}

function comparedText(change: Change, than: string, answer: BalanceAnswer, t: Texts, locale: Locale): string {
  const words = t.energy.sentence;
  const share = formatShare(Math.abs(change.share), locale.language);
  const text =
    Math.abs(change.share) < sameShare
      ? words.same(than)
      : change.share < 0
        ? words.less(share, than)
        : words.more(share, than);
  if (change.basis === 'known') return text + words.whereKnown;
  if (change.basis === 'whole') return text;
  switch (answer.period) {
    case 'hour':
      return text + words.byHour(formatInstant(change.endMs, 'time', locale));
    case 'day':
      return text + words.byDay;
    default:
      return text + words.byMonth;
  }
}

/** How much came from the sun and the battery, in homes that have them. */
function ownText({ total, has }: BalanceAnswer, t: Texts, language: string): string {
  const share = total.self_sufficiency;
  if (share === null || !(has.solar || has.battery) || (total.home_kwh ?? 0) <= 0) return '';
  if (share === 0) return t.energy.sentence.own.none;
  const which = has.solar && has.battery ? 'both' : has.solar ? 'solar' : 'battery';
  return t.energy.sentence.own[which](formatShare(share, language));
}

/** The sources that are missing in this answer: none, if the answer is in the past and known. */
export function missingSources(
  { total, time_range: range, unknown_sources: sources }: BalanceAnswer,
  nowMs: number,
) {
  const isRunning = contains(parseSpan(range), nowMs);
  return isRunning || total.home_kwh === null ? sources : [];
}

export function sentenceOf(
  answer: BalanceAnswer,
  period: Period,
  nowMs: number,
  t: Texts,
  locale: Locale,
): string {
  const words = t.energy.sentence;
  const { total } = answer;
  if (Date.parse(answer.time_range.start) > nowMs) return words.future;
  if (total.home_kwh === null) {
    const isToday = period.kind === 'day' && includes(period, dateAt(nowMs, locale.zone));
    const missing = answer.unknown_sources.filter(({ role }) => role !== 'gas' && role !== 'water');
    const [source] = missing;
    if (source !== undefined) return words.unknownSource(t.roles[source.role]);
    const unknown = !answer.has.grid ? words.noGrid : isToday ? words.unknownToday : words.unknown;
    const grid = total.grid_in_kwh;
    return grid === null ? unknown : unknown + words.onlyIn(formatEnergy(grid, locale.language));
  }
  const amount = formatEnergy(total.home_kwh, locale.language);
  let text = withPeriod(amount, period, nowMs, words, locale);
  const change = changeOf(answer, 'home_kwh', nowMs);
  if (change !== null)
    text += comparedText(change, otherName(answer, period, nowMs, t.energy, locale), answer, t, locale);
  text += words.end;
  if (isIncomplete(total, parseSpan(answer.time_range), nowMs))
    text += words.measured(formatShare(total.coverage, locale.language));
  return text + ownText(answer, t, locale.language);
}
