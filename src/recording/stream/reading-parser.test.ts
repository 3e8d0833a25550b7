/**
 * Goal: a state becomes the reading that it says, or is rejected for the right reason; nothing is guessed.
 * Method: what Home Assistant is known to send, case by case, and properties over numbers, units and arbitrary texts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntityState } from '../../home/home-assistant.ts';
import { oldestInstantUs, type ParsedEntity, parseState } from './reading-parser.ts';

const entity: ParsedEntity = { entityId: 'sensor.a', quantity: 'energy', unit: 'kWh' };
const nowUs = Date.UTC(2026, 10, 21) * 1000;

function parse(
  text: string | null,
  attributes: Record<string, unknown> = { unit_of_measurement: 'kWh' },
  atUs = nowUs,
  zone: string | null = 'Europe/Brussels',
) {
  const state: EntityState = { entityId: 'sensor.a', state: text, attributes, lastUpdatedUs: atUs };
  return parseState(state, entity, 'stream', nowUs, zone);
}
const readAs = (parsed: ReturnType<typeof parse>) =>
  parsed.kind === 'reading' ? parsed.reading.value : parsed.rejection.reason;

describe('reading parser', () => {
  it.each([
    ['12.5', 12.5],
    ['0.00432000000000698', 0.00432000000000698],
    ['1e-05', 0.00001],
    ['1.5E+3', 1500],
    ['-0.0', 0],
    ['+7', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['', 'not_a_number'],
    ['812.40 ', 812.4],
    [' 812.55', 812.55],
    ['\t1\r\n', 1],
    ['\u00a01e3\u2009', 1000],
    ['\x0b1\x85', 1],
    ['1_000.2_5e1_0', 10_002_500_000_000],
    ['1_', 'not_a_number'],
    ['_1', 'not_a_number'],
    ['1__0', 'not_a_number'],
    ['1_.0', 'not_a_number'],
    ['1 000', 'not_a_number'],
    ['+ 1', 'not_a_number'],
    [' ', 'not_a_number'],
    ['\ufeff1', 'not_a_number'],
    ['1,5', 'not_a_number'],
    ['1.012,5', 'not_a_number'],
    ['0b1', 'not_a_number'],
    [' inf ', 'not_finite'],
    ['+nan', 'not_finite'],
    ['0x10', 'not_a_number'],
    ['12 kWh', 'not_a_number'],
    ['on', 'not_a_number'],
    ['.', 'not_a_number'],
    ['NaN', 'not_finite'],
    ['nan', 'not_finite'],
    ['-inf', 'not_finite'],
    ['Infinity', 'not_finite'],
    ['1e999', 'not_finite'],
  ])('reads %j as %j', (text, expected) => {
    expect(readAs(parse(text))).toBe(expected);
  });

  it.each([
    ['on', 1, null],
    ['off', 0, null],
    ['unavailable', null, 'unavailable'],
    ['unknown', null, 'unknown'],
    [null, null, 'removed'],
  ])('reads a switch that says %j as %j', (text, value, absence) => {
    const state = { entityId: 'switch.a', state: text, attributes: {}, lastUpdatedUs: nowUs };
    const parsed = parseState(
      state,
      { entityId: 'switch.a', quantity: 'switch', unit: '' },
      'history',
      nowUs,
      null,
    );
    expect(parsed).toMatchObject({ reading: { value, absence, unit: 'on/off', sourceUnit: null } });
  });

  it.each(['', '1', 'ON', 'heat', 'open'])('takes %j of a switch for no state of it', (text) => {
    const state = { entityId: 'switch.a', state: text, attributes: {}, lastUpdatedUs: nowUs };
    const parsed = parseState(
      state,
      { entityId: 'switch.a', quantity: 'switch', unit: '' },
      'stream',
      nowUs,
      null,
    );
    expect(readAs(parsed)).toBe('not_a_number');
  });

  it('turns units into the canonical one and keeps what Home Assistant used', () => {
    expect(parse('1234.5', { unit_of_measurement: 'Wh' })).toMatchObject({
      reading: { value: 1.2345, unit: 'kWh', sourceUnit: 'Wh', absence: null },
    });
  });

  it('rejects a unit of another quantity or of none', () => {
    expect(readAs(parse('1', { unit_of_measurement: 'W' }))).toBe('other_quantity');
    expect(readAs(parse('1', { unit_of_measurement: 'EUR' }))).toBe('unknown_unit');
    expect(readAs(parse('1', { unit_of_measurement: '' }))).toBe(1);
    expect(readAs(parse('1', {}))).toBe(1);
    expect(readAs(parse('1', { unit_of_measurement: 5 }))).toBe(1);
  });

  it.each([
    ['unavailable', 'unavailable'],
    ['unknown', 'unknown'],
    [null, 'removed'],
  ])('keeps %j as an absence', (text, absence) => {
    expect(parse(text, {})).toMatchObject({
      reading: { value: null, absence, unit: 'kWh', sourceUnit: 'kWh' },
    });
    expect(parse(text, { unit_of_measurement: 'W' })).toMatchObject({
      reading: { value: null, absence, unit: null, sourceUnit: null },
    });
  });

  it('rejects instants that can not be', () => {
    const at = (atUs: number) => readAs(parse('1', {}, atUs));
    expect(at(Number.NaN)).toBe('bad_instant');
    expect(at(0)).toBe('bad_instant');
    expect(at(1.5)).toBe('bad_instant');
    expect(oldestInstantUs).toBe(1_262_304_000_000_000);
    expect(at(oldestInstantUs)).toBe(1);
    expect(at(nowUs + 300_000_000)).toBe(1);
    expect(at(nowUs + 300_000_001)).toBe('from_the_future');
  });

  it('reads last_reset as Core does, local time where it has no offset, and does without a bad one', () => {
    const reset = (last_reset: unknown, zone: string | null = 'Europe/Brussels') => {
      const parsed = parse('1', { last_reset }, nowUs, zone);
      return parsed.kind === 'reading' ? parsed.reading.lastResetAtUs : 'rejected';
    };
    const midnightUs = Date.UTC(2026, 10, 20, 23) * 1000;
    for (const text of ['2026-11-21T00:00:00+01:00', '2026-11-21T00:00:00', '2026-11-21 00:00', '2026-11-21'])
      expect(reset(text)).toBe(midnightUs);
    expect(reset('2026-11-21T00:00:00', null)).toBe(null);
    expect(reset('2026-11-21T00:00:00Z', null)).toBe(Date.UTC(2026, 10, 21) * 1000);
    for (const bad of [
      'yesterday',
      '',
      '2026-13-45',
      '9999-12-31T23:59:59',
      '1899-12-31T00:00:00',
      null,
      0,
      {},
    ])
      expect(reset(bad)).toBe(null);
  });

  it('reads back every double, however it is written', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const expected = value === 0 ? 0 : value;
        expect(readAs(parse(String(value)))).toBe(expected);
        expect(readAs(parse(value.toExponential()))).toBe(Number(value.toExponential()) + 0);
      }),
    );
  });

  it('gives a finite value or a reason for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.eEx_ \t]{1,12}$/)), (text) => {
        const parsed = parse(text);
        if (parsed.kind === 'rejection') {
          expect(parsed.rejection.state.length).toBeLessThanOrEqual(64);
          return;
        }
        const { value, absence } = parsed.reading;
        if (absence === null) expect(value).toBe(Number(text.replaceAll('_', '')) + 0);
        else expect(['unavailable', 'unknown']).toContain(text);
      }),
    );
  });
});
