/** The one answer that the Devices page opens with. Pure. */
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';
import { formatPeriod, type Locale } from '../../format/instants.ts';
import { asText, formatShare, showEnergy } from '../../format/numbers.ts';
import { dateAt, includes, type Period } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';
import { mostUsing } from './device-rows.ts';

/** Less than this part of the home's use is not worth a word. */
const worthShare = 0.02;

function inSpan(said: string, period: Period, nowMs: number, t: Texts['devices'], locale: Locale): string {
  const words = t.sentence.span;
  const name = formatPeriod(period, locale.language);
  if (!includes(period, dateAt(nowMs, locale.zone)))
    return period.kind === 'day' ? words.onDay(said, name) : words.in(said, name);
  switch (period.kind) {
    case 'day':
      return words.today(said);
    case 'week':
      return words.runningWeek(said);
    case 'month':
      return words.runningMonth(said);
    case 'year':
      return words.runningYear(said);
    case 'range':
      return words.in(said, name);
  }
}

/** What no device meters; in words when the devices metered more than the home did. */
export function untrackedText(answer: DevicesAnswer, t: Texts['devices'], language: string): string {
  const { untracked_kwh: untracked, home_kwh: home } = answer;
  if (untracked === null || home === null) return '';
  const amount = asText(showEnergy(Math.abs(untracked), language));
  if (untracked < 0 && -untracked > Math.max(0.01, home * worthShare)) return t.sentence.over(amount);
  return untracked > home * worthShare ? t.sentence.untracked(amount) : '';
}

export function sentenceOf(
  answer: DevicesAnswer,
  period: Period,
  nowMs: number,
  t: Texts['devices'],
  locale: Locale,
): string {
  const most = mostUsing(answer);
  const { language } = locale;
  let said: string;
  if (most === null) said = t.sentence.unknown;
  else if ((most.energy_kwh ?? 0) <= 0) said = t.sentence.nothing;
  else {
    const amount = asText(showEnergy(most.energy_kwh ?? 0, language));
    said =
      most.share === null
        ? t.sentence.most(most.name, amount)
        : t.sentence.mostShare(most.name, amount, formatShare(most.share, language));
  }
  const text = inSpan(said, period, nowMs, t, locale) + t.sentence.end;
  return most === null ? text : text + untrackedText(answer, t, language);
}
