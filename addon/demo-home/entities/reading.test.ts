/**
 * Goal: what entities say is what the house did, rounded as meters round, at instants that can be found again.
 * Method: random instants; texts held against the registers; the rhythm held against itself.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { House } from '../model/house.ts';
import { Cadence, groupOf } from './cadence.ts';
import { energyEntities } from './catalogue.ts';
import { decimalText, textAt } from './reading.ts';

const house = new House({ seed: 2711, timeZone: 'Europe/Brussels', installedOn: '2026-11-01' });
const firstUs = Date.parse('2026-11-01T00:00:00+01:00') * 1000;
const instants = fc.integer({ min: firstUs, max: firstUs + 6 * 86_400_000_000 });

function entity(key: string) {
  const found = energyEntities.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

describe('readings', () => {
  it('write numbers as Python does: no zeros at the end, one digit after the point', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 1, max: 6 }), (steps, decimals) => {
        const text = decimalText(steps, decimals);
        expect(text).toMatch(/^-?\d+\.(\d|\d*[1-9])$/);
        expect(Number(text)).toBe(Number((steps / 10 ** decimals).toFixed(decimals)));
      }),
    );
    expect([decimalText(0, 0), decimalText(1200, 3), decimalText(-5, 3)]).toEqual(['0', '1.2', '-0.005']);
  });

  it('never fall on a meter and are never ahead of it', () => {
    const meters = energyEntities.filter(({ stateClass }) => stateClass === 'total_increasing');
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 0, max: 60_000_000 }),
        fc.constantFrom(...meters),
        (at, step, meter) => {
          expect(Number(textAt(house, meter, at + step, null))).toBeGreaterThanOrEqual(
            Number(textAt(house, meter, at, null)),
          );
        },
      ),
    );
  });

  it('keep the highest quarter-hour of the month as the meter does, and start again with the next month', () => {
    const peak = entity('p1_meter_maximum_demand_current_month');
    const quarterHourUs = 900_000_000;
    const monthUs = Date.parse('2026-12-01T00:00:00+01:00') * 1000;
    const imported = (us: number) => house.register('import_day', us) + house.register('import_night', us);
    const kw = (us: number) => Number(textAt(house, peak, us, null));
    const at = firstUs + 3 * 86_400_000_000 + 400_000_000;
    let highest = 0;
    for (let us = firstUs; us + quarterHourUs <= at; us += quarterHourUs)
      highest = Math.max(highest, (imported(us + quarterHourUs) - imported(us)) / 900);
    expect(highest).toBeGreaterThan(1000);
    expect(kw(at)).toBe(Math.floor(highest) / 1000);
    // Asked for out of order it is the same.
    expect(kw(firstUs + quarterHourUs - 1)).toBe(0);
    expect(kw(monthUs - 1)).toBeGreaterThanOrEqual(kw(at));
    expect(kw(monthUs)).toBe(0);
    expect(kw(monthUs + quarterHourUs)).toBeLessThan(kw(monthUs - 1));
    expect(kw(at)).toBe(Math.floor(highest) / 1000);
  });

  it('report the same energy in odd units', () => {
    const at = firstUs + 3 * 86_400_000_000;
    const fridgeWh = house.register('fridge', at) / 3600 + 612_500;
    expect(Number(textAt(house, entity('fridge_energy'), at, null))).toBe(Math.floor(fridgeWh));
    const heatPumpMwh = house.register('heat_pump', at) / 3.6e9 + 9.120771;
    expect(Number(textAt(house, entity('heat_pump_energy'), at, null))).toBeCloseTo(heatPumpMwh, 5);
    expect(textAt(house, entity('ev_charger_power'), at, null)).toBe(
      decimalText(house.rate('ev_charger', at), 3),
    );
  });

  it('of a plug that is off go on with a few watts that nothing draws', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const isOn = house.rate('media', at) > 0;
        expect(textAt(house, entity('media_switch'), at, null)).toBe(isOn ? 'on' : 'off');
        expect(textAt(house, entity('media_power'), at, null)).toBe(
          isOn ? String(house.rate('media', at)) : '4',
        );
      }),
    );
    // Of an ordinary day: it is on in the evening.
    const hours = Array.from({ length: 24 }, (_, hour) => firstUs + (24 + hour) * 3_600_000_000);
    const texts = new Set(hours.map((at) => textAt(house, entity('media_switch'), at, null)));
    expect([...texts].sort()).toEqual(['off', 'on']);
  });

  it('begin at 0 after a meter was restarted', () => {
    const at = firstUs + 86_400_000_000;
    expect(textAt(house, entity('p1_meter_energy_import_tariff_1'), at, at)).toBe('0.0');
  });

  it('come in a rhythm whose instants are found again', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom('p1', 'gas', 'inverter'),
        (at, place, device) => {
          const cadence = new Cadence(groupOf(device), 2711, place);
          const k = cadence.lastAt(at);
          expect(cadence.instantUs(k)).toBeLessThanOrEqual(at);
          expect(cadence.instantUs(k + 1)).toBeGreaterThan(at);
        },
      ),
    );
  });
});
