/**
 * Goal: no text in a CSV becomes a formula, whatever the spreadsheet cuts at, and no text is lost.
 * Method: the attacks by name, and as a property a small reader of CSV with commas and with semicolons.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvField, csvLine } from './csv.ts';

/** Cells as Excel makes them: a quote counts at a cell's beginning only. */
function cells(text: string, separator: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (at <= text.length) {
    let cell = '';
    if (text[at] === '"') {
      at += 1;
      while (at < text.length && !(text[at] === '"' && text[at + 1] !== '"')) {
        if (text[at] === '"') at += 1;
        cell += text[at];
        at += 1;
      }
      at += 1;
    }
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') {
      cell += text[at];
      at += 1;
    }
    found.push(cell);
    at += 1;
  }
  return found;
}

const isFormula = (cell: string) => /^[\s\p{Cc}\p{Cf}\p{Z}]*[=+\-@＝＋－＠]/u.test(cell);

describe('a field of a CSV', () => {
  it.each([
    ...[
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n=1',
      ' =1',
      '  @a',
      '\u00a0=1',
      '\u3000＝1',
      '\ufeff=1',
    ],
    ...['＝1', '＋1', '－1', '＠a', '﹦1', '\u200b=1', '"=1', '\u0000=1', "'=1"],
  ])('%j is written as text', (text) => {
    const [cell = ''] = cells(csvField(text), ',');
    expect(cell.startsWith("'")).toBe(true);
  });
  it.each(['washing machine', 'a-b', 'a = b', '3 kWh', 'été', 'name; second', 'two\nlines'])(
    '%j stays as it is',
    (text) => expect(cells(csvField(text), '\u0001')[0]).toBe(text),
  );
  it('is a number as it is, negative ones among them', () => {
    expect(csvLine([-1.5, null, true, 'a"b'])).toBe('-1.5,,true,"a""b"\r\n');
  });
  it('is never a formula, whatever a spreadsheet cuts at', () => {
    const part = fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '＝',
      ' ',
      '\t',
      '\r',
      '\n',
      ';',
      ',',
      '"',
      "'",
      '|',
      'a',
      '1',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const line = `2026-11-28,${csvField(parts.join(''))}`;
        for (const separator of [',', ';', '\t', '|'])
          for (const cell of cells(line, separator))
            expect(isFormula(cell), JSON.stringify(line)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
