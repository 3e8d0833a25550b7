/**
 * Goal: what QuestDB answers becomes what the schema promises, or an error that names the column.
 * Method: rows as the driver gives them, right, empty and wrong.
 */
import { describe, expect, it } from 'vitest';
import { numberOf, numberOrNull, textOf, textOrNull, wordOf, wordOrNull } from './row.ts';

describe('a row', () => {
  const row = { amount: 5, name: 'sensor.a', kind: 'quantity', empty: null };

  it('gives numbers, texts and words', () => {
    expect(numberOf(row, 'amount')).toBe(5);
    expect(textOf(row, 'name')).toBe('sensor.a');
    expect(wordOf(row, 'kind', ['restart', 'quantity'])).toBe('quantity');
  });

  it('gives null for an empty column', () => {
    expect(numberOrNull(row, 'empty')).toBeNull();
    expect(textOrNull(row, 'empty')).toBeNull();
    expect(wordOrNull(row, 'empty', ['restart'])).toBeNull();
  });

  it('names a column that holds something else', () => {
    expect(() => numberOf(row, 'name')).toThrow(
      'QuestDB answered "sensor.a" in name, where a number was expected',
    );
    expect(() => numberOf(row, 'empty')).toThrow('null in empty');
    expect(() => numberOrNull(row, 'absent')).toThrow('nothing in absent');
    expect(() => textOf(row, 'amount')).toThrow('5 in amount, where a text was expected');
    expect(() => wordOf(row, 'kind', ['restart'])).toThrow('one of restart');
    expect(() => textOrNull(row, 'absent')).toThrow('nothing in absent');
    expect(() => wordOrNull(row, 'absent', ['restart'])).toThrow('nothing in absent');
  });
});
