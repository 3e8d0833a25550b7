/** The one answer that the Energy page opens with, honest about what is not known. Pure. */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { isIncomplete, spanIn } from '../../chart/grounds.ts';
import { formatInstant, formatPeriod, type Locale } from '../../format/instants.ts';
import { asText, formatShare, showEnergy } from '../../format/numbers.ts';
import { periodOfSpan } from '../../period/buckets.ts';
import { dateAt, includes, type Period } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';
import { type Change, changeOf } from './comparison.ts';

/** Less of a difference than this is none. */
const sameShare = 0.005;

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
      return text + words.byHour(formatInstant(change.untilMs, 'time', locale));
    case 'day':
      return text + words.byDay;
    default:
      return text + words.byMonth;
  }
}

function usedText(
  amount: string,
  period: Period,
  nowMs: number,
  t: Texts,
  { language, zone }: Locale,
): string {
  const words = t.energy.sentence;
  const name = formatPeriod(period, language);
  const isRunning = includes(period, dateAt(nowMs, zone));
  if (!isRunning) return period.kind === 'day' ? words.onDay(amount, name) : words.in(amount, name);
  switch (period.kind) {
    case 'day':
      return words.today(amount);
    case 'week':
      return words.week(amount);
    case 'month':
      return words.month(amount);
    case 'year':
      return words.year(amount);
    case 'range':
      return words.range(amount, name);
  }
}

/** Where it came from, when there is a sun or a battery to come from. */
function ownText({ total, has }: BalanceAnswer, t: Texts, language: string): string {
  const share = total.self_sufficiency;
  if (share === null || !(has.solar || has.battery) || (total.home_kwh ?? 0) <= 0) return '';
  if (share === 0) return t.energy.sentence.own.none;
  const which = has.solar && has.battery ? 'both' : has.solar ? 'solar' : 'battery';
  return t.energy.sentence.own[which](formatShare(share, language));
}

/** The sources that this answer lacks: of a past that is known none does. */
export function lackingIn(
  { total, time_range: range, unknown_sources: sources }: BalanceAnswer,
  nowMs: number,
) {
  const isRunning = Date.parse(range.start) <= nowMs && nowMs < Date.parse(range.end);
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
    return grid === null ? unknown : unknown + words.onlyIn(asText(showEnergy(grid, locale.language)));
  }
  const amount = asText(showEnergy(total.home_kwh, locale.language));
  let said = usedText(amount, period, nowMs, t, locale);
  const change = changeOf(answer, 'home_kwh', nowMs);
  if (change !== null)
    said += comparedText(change, otherName(answer, period, nowMs, t.energy, locale), answer, t, locale);
  said += words.end;
  if (isIncomplete(total, spanIn(answer.time_range), nowMs))
    said += words.measured(formatShare(total.coverage, locale.language));
  return said + ownText(answer, t, locale.language);
}
