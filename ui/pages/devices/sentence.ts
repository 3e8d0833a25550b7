/** The sentence at the top of the Devices page. Pure. */
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';
import { type Locale, withPeriod } from '../../format/instants.ts';
import { formatEnergy, formatShare } from '../../format/numbers.ts';
import type { Period } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';
import { mostUsing } from './device-rows.ts';

/** A smaller share of the home's use is not mentioned. */
const worthShare = 0.02;

/** What no device meters; or that the devices metered more than the home. */
function untrackedText(answer: DevicesAnswer, t: Texts['devices'], language: string): string {
  const { untracked_kwh: untracked, home_kwh: home } = answer;
  if (untracked === null || home === null) return '';
  const amount = formatEnergy(Math.abs(untracked), language);
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
  let used: string;
  if (most === null) used = t.sentence.unknown;
  else if ((most.energy_kwh ?? 0) <= 0) used = t.sentence.nothing;
  else {
    const amount = formatEnergy(most.energy_kwh ?? 0, language);
    used =
      most.share === null
        ? t.sentence.most(most.name, amount)
        : t.sentence.mostShare(most.name, amount, formatShare(most.share, language));
  }
  const text = withPeriod(used, period, nowMs, t.sentence.span, locale) + t.sentence.end;
  return most === null ? text : text + untrackedText(answer, t, language);
}
