/** The words of the Prices page: prices, and the effect of a change on past costs. Pure. */
import type { CostVersionRow, Recalculation } from '../../../src/schemas/cost-versions.ts';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatCount, formatEnergy, formatMoney } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

/** A price with all its digits, at most six: a tenth of a cent matters over a year. */
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

type PriceState = 'past' | 'inForce' | 'toCome';

export function stateOf(version: CostVersionRow, nowMs: number): PriceState {
  if (Date.parse(version.effective_from) > nowMs) return 'toCome';
  return version.effective_until !== null && Date.parse(version.effective_until) <= nowMs
    ? 'past'
    : 'inForce';
}

/** Grouped by area, the whole home first; newest first in each group. */
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
  return formatInstant(instant, 'dayOfYear', locale);
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

/** The result of a dry run in words, including unknown costs. */
export function changeText(
  change: Recalculation,
  currency: string | null,
  t: Texts['prices'],
  language: string,
): string {
  if (change.days_changed === 0) return t.change.nothing;
  const sum = (cost: number | null) =>
    cost === null ? t.change.unknown : formatMoney(cost, currency, language);
  const energy = (kwh: number) => formatEnergy(kwh, language);
  return (
    t.change.days(formatCount(change.days_changed, language), change.days_changed === 1) +
    t.change.sums(energy(change.energy_kwh), sum(change.cost_before), sum(change.cost_after)) +
    (change.unpriced_kwh > 0 ? t.change.unpriced(energy(change.unpriced_kwh)) : '')
  );
}

/** Parses a typed price, with a point or a comma; null when it is not a price. */
export function parsePrice(text: string): number | null {
  const plain = text.trim().replace(',', '.');
  if (!/^[-−]?\d+(\.\d*)?$|^[-−]?\.\d+$/.test(plain)) return null;
  const value = Number(plain.replace('−', '-'));
  return Math.abs(value) <= 100 ? value : null;
}

/** Parses a typed day into its first instant in the home's zone; null when it is not a day. */
export function parseDay(text: string, zone: string): string | null {
  try {
    const start = Temporal.PlainDate.from(text).toZonedDateTime(zone);
    return start.year < 2000 ? null : start.toInstant().toString();
  } catch {
    return null;
  }
}
