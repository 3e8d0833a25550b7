/** The text of an entity's state at an instant, rounded as a real meter rounds. */

import { hourUs, quarterHourUs } from '../../../src/units/durations.ts';
import { battery } from '../model/day.ts';
import type { House } from '../model/house.ts';
import { chance, hashText } from '../model/noise.ts';
import { sineOfElevation } from '../model/sun.ts';
import { latitude, longitude } from '../model/weather.ts';
import type { EntityDefinition } from './catalogue.ts';

/** `resetUs`: the register counts from 0 since then; null: since it was put in. */
export function textAt(house: House, entity: EntityDefinition, us: number, resetUs: number | null): string {
  const meaning = entity.meaning;
  switch (meaning.kind) {
    case 'register':
      return decimalText(registerSteps(house, meaning, us, resetUs), meaning.decimals);
    case 'rate': {
      let rate = 0;
      for (const channel of meaning.plus) rate += house.rate(channel, us);
      for (const channel of meaning.minus ?? []) rate -= house.rate(channel, us);
      const value = rate === 0 && meaning.phantom !== undefined ? meaning.phantom : rate / meaning.perUnit;
      return decimalText(Math.round(value * 10 ** meaning.decimals), meaning.decimals);
    }
    case 'relay':
      return house.rate(meaning.channel, us) > 0 ? 'on' : 'off';
    case 'month_peak': {
      const peak = house.monthPeakW(meaning.plus, us);
      return decimalText(Math.floor((peak / meaning.perUnit) * 10 ** meaning.decimals), meaning.decimals);
    }
    case 'battery_level':
      return String(Math.round((house.storedJ(us) / battery.capacityJ) * 100));
    case 'outdoor':
      return decimalText(Math.round((house.outdoorC(us) * meaning.swingC + meaning.offsetC) * 10), 1);
    case 'light': {
      const wall = house.wallMinute(us);
      const isEvening = wall > 1080 && wall < 1380;
      const seed = hashText(entity.key) ^ house.seed;
      const slot = Math.floor(us / 1_800_000_000);
      return chance(seed, slot, 0) < (isEvening ? meaning.chance : meaning.chance / 10) ? 'on' : 'off';
    }
    case 'tariff':
      return house.isDayTariff(us) ? '1' : '2';
    case 'sun':
      return sineOfElevation(us / 1000, latitude, longitude) > 0 ? 'above_horizon' : 'below_horizon';
    case 'weather':
      return house.isCloudy(us) ? 'cloudy' : 'sunny';
    case 'fixed':
      return meaning.text;
  }
}

type Register = Extract<EntityDefinition['meaning'], { kind: 'register' }>;

/** Whole steps of the register's last digit: cut, not rounded, as a meter does. */
function registerSteps(house: House, meaning: Register, us: number, resetUs: number | null): number {
  let total = 0;
  for (const channel of meaning.plus) total += house.register(channel, us);
  for (const channel of meaning.minus ?? []) total -= house.register(channel, us);
  if (resetUs !== null) {
    for (const channel of meaning.plus) total -= house.register(channel, resetUs);
    for (const channel of meaning.minus ?? []) total += house.register(channel, resetUs);
  }
  const steps = 10 ** meaning.decimals;
  const base = resetUs === null ? Math.round(meaning.baseUnits * steps) : 0;
  return base + Math.floor((total * steps) / meaning.perUnit);
}

/** `steps` of the last decimal as Python writes a float: no zeros at the end, but one digit after the point. */
export function decimalText(steps: number, decimals: number): string {
  if (decimals === 0) return String(steps === 0 ? 0 : steps);
  const sign = steps < 0 ? '-' : '';
  const digits = String(Math.abs(steps)).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -decimals)}.${fraction === '' ? '0' : fraction}`;
}

/** True while an unreliable entity is away: a few spells of 2-14 minutes a day. */
export function isAway(seed: number, entity: EntityDefinition, us: number): boolean {
  const slotUs = 3 * hourUs;
  const slot = Math.floor(us / slotUs);
  const channel = hashText(entity.device ?? entity.key);
  if (chance(seed, channel, slot) > 0.45) return false;
  const startUs = slot * slotUs + Math.floor(chance(seed + 1, channel, slot) * (slotUs - quarterHourUs));
  const lastsUs = 120_000_000 + Math.floor(chance(seed + 2, channel, slot) * 720_000_000);
  return us >= startUs && us < startUs + lastsUs;
}
