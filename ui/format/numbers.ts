/** Formats numbers: three significant digits, a fitting unit, and a steady width while they change. */

const formatters = new Map<string, Intl.NumberFormat>();
const maxFormatters = 200;

function formatter(language: string, digits: number, leastDigits: number): Intl.NumberFormat {
  const key = `${language} ${digits} ${leastDigits}`;
  let found = formatters.get(key);
  if (found === undefined) {
    if (formatters.size >= maxFormatters) formatters.clear();
    found = new Intl.NumberFormat(language, {
      minimumFractionDigits: leastDigits,
      maximumFractionDigits: digits,
    });
    formatters.set(key, found);
  }
  return found;
}

/** Decimals for three significant digits, at most `most`. */
export function digitsFor(value: number, most = 3): number {
  const size = Math.abs(value);
  if (size === 0) return 0;
  if (size >= 100) return 0;
  if (size >= 10) return Math.min(most, 1);
  return Math.min(most, size >= 1 || size < 0.0005 ? 2 : size >= 0.1 ? Math.max(2, most - 1) : 3);
}

export function formatNumber(value: number, language: string, digits: number, leastDigits = digits): string {
  // No minus before a zero.
  const rounded = Number(value.toFixed(digits));
  return formatter(language, digits, leastDigits).format(rounded === 0 ? 0 : rounded);
}

export function formatCount(value: number, language: string): string {
  return formatNumber(value, language, 0);
}

/** Value and unit as one text that does not break between them. */
export function withUnit(value: string, unit: string): string {
  return `${value}\u00a0${unit}`;
}

/** W up to a kilowatt, then kW with two decimals, as meters display it. */
export function formatPower(watts: number, language: string): string {
  const size = Math.abs(watts);
  if (size < 999.5) return withUnit(formatNumber(watts, language, size < 9.95 ? 1 : 0, 0), 'W');
  if (size < 999_500) return withUnit(formatNumber(watts / 1000, language, size < 99_950 ? 2 : 0), 'kW');
  return withUnit(formatNumber(watts / 1e6, language, 2), 'MW');
}

/** An amount or a state with three significant digits. */
export function formatQuantity(value: number, unit: string, language: string): string {
  switch (unit) {
    case 'W':
      return formatPower(value, language);
    case 'kWh':
      return Math.abs(value) >= 9999.5
        ? withUnit(formatNumber(value / 1000, language, 2), 'MWh')
        : formatEnergy(value, language);
    case '%':
      return withUnit(formatNumber(value, language, 0), unit);
    default:
      return withUnit(formatNumber(value, language, digitsFor(value)), unit);
  }
}

/** Always in kWh, so that amounts beside each other have one unit. */
export function formatEnergy(kwh: number, language: string): string {
  return withUnit(formatNumber(kwh, language, digitsFor(kwh)), 'kWh');
}

/** A register as its meter displays it, for comparison: up to three decimals, never another unit. */
export function formatRegister(value: number, unit: string, language: string): string {
  return withUnit(formatNumber(value, language, 3, 0), unit);
}

export function formatBytes(bytes: number, language: string): string {
  if (bytes < 1000) return withUnit(formatCount(bytes, language), 'B');
  if (bytes < 999_500) return withUnit(formatNumber(bytes / 1000, language, 0), 'kB');
  if (bytes < 999.5e6) return withUnit(formatNumber(bytes / 1e6, language, 1), 'MB');
  return withUnit(formatNumber(bytes / 1e9, language, 1), 'GB');
}

/** Money in the language's format. A currency that is not an ISO code is appended as it is. */
export function formatMoney(value: number, currency: string | null, language: string): string {
  if (currency === null) return formatNumber(value, language, 2);
  try {
    return new Intl.NumberFormat(language, { style: 'currency', currency }).format(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return withUnit(formatNumber(value, language, 2), currency);
  }
}

/** A share, 0 to 1, in whole percents. Only a full share is shown as 100 %, and only none as 0 %. */
export function formatShare(share: number, language: string): string {
  const percents = share * 100;
  const isNearlyAll = share < 1 && percents >= 99.5;
  const isNearlyNone = share > 0 && percents < 0.5;
  const text = formatQuantity(isNearlyAll ? 99 : isNearlyNone ? 1 : percents, '%', language);
  return isNearlyAll ? `> ${text}` : isNearlyNone ? `< ${text}` : text;
}
