/** CSV by RFC 4180, safe to open in a spreadsheet. */

/** What begins a formula, in its own width and in those that spreadsheets take for it. */
const sign = '[=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]';
/** What a spreadsheet may skip before one, or not show: blanks of any kind, control and zero-width characters. */
const skipped = '[\\s\\p{Cc}\\p{Cf}\\p{Z}\'"]*';
const formula = new RegExp(`^(?=${skipped}${sign})`, 'u');
/** After what ends a cell where commas don't: Excel in half of Europe cuts at semicolons and minds no quotes in a cell. */
const laterFormula = new RegExp(`([;\\t\\r\\n|])(?=${skipped}${sign})`, 'gu');

/** Prefixes cells that a spreadsheet would evaluate as a formula. */
function safe(text: string): string {
  const first = /^[\t\r\n]/.test(text) || formula.test(text) ? `'${text}` : text;
  return first.replace(laterFormula, "$1'");
}

export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = safe(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(values: readonly (string | number | boolean | null)[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}
