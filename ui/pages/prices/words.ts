/** What the Prices page says of prices and of what a change of them makes of the past. Pure. */
import type { CostVersionRow, Recalculation } from '../../../src/schemas/analytics.ts';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { asText, formatCount, formatMoney, showEnergy } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

/** A price with as many digits as it has: a tenth of a cent counts over a year. */
export function priceText(perKwh: number, currency: string | null, language: string): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 6 };
  if (currency !== null)
    try {
      return new Intl.NumberFormat(language, { style: 'currency', currency, ...digits }).format(perKwh);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  return new Intl.NumberFormat(language, digits).format(perKwh) + (currency === null ? '' : ` ${currency}`);
}

export type PriceState = 'past' | 'inForce' | 'toCome';

export function stateOf(version: CostVersionRow, nowMs: number): PriceState {
  if (Date.parse(version.effective_from) > nowMs) return 'toCome';
  return version.effective_until !== null && Date.parse(version.effective_until) <= nowMs
    ? 'past'
    : 'inForce';
}

/** By area, the whole home first, newest first within each. */
export function byArea(
  versions: readonly CostVersionRow[],
  language: string,
): [string | null, CostVersionRow[]][] {
  const groups = Map.groupBy(versions, (version) => version.area);
  return [...groups]
    .map(([area, list]): [string | null, CostVersionRow[]] => [
      area,
      [...list].sort((a, b) => Date.parse(b.effective_from) - Date.parse(a.effective_from)),
    ])
    .sort(([a], [b]) => (a === null ? -1 : b === null ? 1 : a.localeCompare(b, language)));
}

export function dayText(instant: string, locale: Locale): string {
  return formatInstant(Date.parse(instant), 'dayOfYear', locale);
}

export function sentenceOf(
  versions: readonly CostVersionRow[],
  currency: string | null,
  nowMs: number,
  t: Texts['prices'],
  locale: Locale,
): string {
  const held = versions.find((version) => version.area === null && stateOf(version, nowMs) === 'inForce');
  if (held === undefined) return t.sentence.none;
  return t.sentence.now(
    priceText(held.cost_per_kwh, currency, locale.language),
    dayText(held.effective_from, locale),
  );
}

/** What a dry run found, in words; a cost that is not known is said to be so. */
export function changeText(
  change: Recalculation,
  currency: string | null,
  t: Texts['prices'],
  language: string,
): string {
  if (change.days_changed === 0) return t.change.nothing;
  const sum = (cost: number | null) =>
    cost === null ? t.change.unknown : formatMoney(cost, currency, language);
  const energy = (kwh: number) => asText(showEnergy(kwh, language));
  return (
    t.change.days(formatCount(change.days_changed, language), change.days_changed === 1) +
    t.change.sums(energy(change.energy_kwh), sum(change.cost_before), sum(change.cost_after)) +
    (change.unpriced_kwh > 0 ? t.change.unpriced(energy(change.unpriced_kwh)) : '')
  );
}

/** The number that was typed, with a point or a comma; null when it is none that can be a price. */
export function readPrice(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^[-−]?\d+(\.\d*)?$|^[-−]?\.\d+$/.test(plain)) return null;
  const value = Number(plain.replace('−', '-'));
  return Math.abs(value) <= 100 ? value : null;
}

/** The first instant of a day in the home's zone; null when it is no day. */
export function readDay(text: string, zone: string): string | null {
  try {
    const start = Temporal.PlainDate.from(text).toZonedDateTime(zone);
    return start.year < 2000 ? null : start.toInstant().toString();
  } catch {
    return null;
  }
}
