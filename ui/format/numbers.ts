/** Formats numbers: three significant digits, a fitting unit, and a steady width while they change. */

interface Shown {
  readonly value: string;
  readonly unit: string;
}

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

/** W up to a kilowatt, then kW with two decimals, as meters display it. */
export function showPower(watts: number, language: string): Shown {
  const size = Math.abs(watts);
  if (size < 999.5) return { value: formatNumber(watts, language, size < 9.95 ? 1 : 0, 0), unit: 'W' };
  if (size < 999_500)
    return { value: formatNumber(watts / 1000, language, size < 99_950 ? 2 : 0), unit: 'kW' };
  return { value: formatNumber(watts / 1e6, language, 2), unit: 'MW' };
}

/** An amount or a state with three significant digits. */
export function showQuantity(value: number, unit: string, language: string): Shown {
  switch (unit) {
    case 'W':
      return showPower(value, language);
    case 'kWh':
      return Math.abs(value) >= 9999.5
        ? { value: formatNumber(value / 1000, language, 2), unit: 'MWh' }
        : { value: formatNumber(value, language, digitsFor(value)), unit };
    case '%':
      return { value: formatNumber(value, language, 0), unit };
    default:
      return { value: formatNumber(value, language, digitsFor(value)), unit };
  }
}

/** Always in kWh, so that amounts beside each other have one unit. */
export function showEnergy(kwh: number, language: string): Shown {
  return { value: formatNumber(kwh, language, digitsFor(kwh)), unit: 'kWh' };
}

/** A register as its meter displays it, for comparison: up to three decimals, never another unit. */
export function showExact(value: number, unit: string, language: string, digits = 3): Shown {
  return { value: formatNumber(value, language, digits, 0), unit };
}

/** Value and unit as one text that does not break between them. */
export function asText(shown: Shown): string {
  return `${shown.value}\u00a0${shown.unit}`;
}

export function formatBytes(bytes: number, language: string): string {
  if (bytes < 1000) return asText({ value: formatCount(bytes, language), unit: 'B' });
  if (bytes < 999_500) return asText({ value: formatNumber(bytes / 1000, language, 0), unit: 'kB' });
  if (bytes < 999.5e6) return asText({ value: formatNumber(bytes / 1e6, language, 1), unit: 'MB' });
  return asText({ value: formatNumber(bytes / 1e9, language, 1), unit: 'GB' });
}

/** Money in the language's format. A currency that is not an ISO code is appended as it is. */
export function formatMoney(value: number, currency: string | null, language: string): string {
  if (currency === null) return formatNumber(value, language, 2);
  try {
    return new Intl.NumberFormat(language, { style: 'currency', currency }).format(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return asText({ value: formatNumber(value, language, 2), unit: currency });
  }
}

/** A share, 0 to 1, in whole percents. Only a full share is shown as 100 %, and only none as 0 %. */
export function formatShare(share: number, language: string): string {
  const percents = share * 100;
  const isNearlyAll = share < 1 && percents >= 99.5;
  const isNearlyNone = share > 0 && percents < 0.5;
  const text = asText(showQuantity(isNearlyAll ? 99 : isNearlyNone ? 1 : percents, '%', language));
  return isNearlyAll ? `> ${text}` : isNearlyNone ? `< ${text}` : text;
}
