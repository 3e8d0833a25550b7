/**
 * One day of the house: what every channel did in each minute, in whole watts (gas and water: whole millilitres a
 * second), and the running totals (joules, millilitres) from the day's start. Energy balances in each minute exactly:
 * import − export = loads − solar + charging − discharging.
 */
import { loads, loadW } from './appliances.ts';
import { isDayTariff, type LocalDay } from './calendar.ts';
import { chance, chanceBetween } from './noise.ts';
import { outdoorC, solarW } from './weather.ts';

export const channels = [
  ...loads,
  'solar',
  'charge',
  'discharge',
  'import_day',
  'import_night',
  'export_day',
  'export_night',
  'gas',
  'water',
] as const;
export type Channel = (typeof channels)[number];

interface Series {
  /** W or mL/s in each minute. */
  readonly rates: Int32Array;
  /** J or mL from the day's start to each minute's start; one longer than `rates`. */
  readonly totals: Float64Array;
}

export interface HouseDay {
  readonly day: LocalDay;
  readonly series: Readonly<Record<Channel, Series>>;
  /** How much the base load and the roof flicker within each minute, W. */
  readonly loadFlickerW: Int32Array;
  readonly solarFlickerW: Int32Array;
  /** Energy in the battery at each minute's start, J; one longer than the minutes. */
  readonly storedJ: Float64Array;
  readonly outdoorC: Float32Array;
}

export const battery = {
  capacityJ: 10 * 3_600_000,
  reserveJ: 0.5 * 3_600_000,
  powerW: 3600,
  efficiency: 0.95,
  /** It never hits zero exactly: it leaves about this much to the grid, as real ones do. */
  biasW: 35,
};

/** `storedJ`: what the battery held at the day's start. */
export function computeDay(seed: number, day: LocalDay, before: LocalDay | null, storedJ: number): HouseDay {
  const rates = {} as Record<Channel, Int32Array>;
  for (const channel of channels) rates[channel] = new Int32Array(day.minutes);
  for (const load of loads) rates[load] = loadW(load, seed, day, before);
  const stored = new Float64Array(day.minutes + 1);
  const loadFlicker = new Int32Array(day.minutes);
  const solarFlicker = new Int32Array(day.minutes);
  const outdoor = new Float32Array(day.minutes);
  const firstMinute = day.startMs / 60_000;
  let held = storedJ;
  for (let minute = 0; minute < day.minutes; minute++) {
    stored[minute] = held;
    const wall = day.wallMinutes[minute] ?? 0;
    let home = 0;
    for (const load of loads) home += rates[load][minute] ?? 0;
    const solar = solarW(seed, day.index, firstMinute + minute);
    const flow = batteryW(home - solar, held);
    held = clampStored(
      held + flow.charge * 60 * battery.efficiency - (flow.discharge * 60) / battery.efficiency,
    );
    const net = home - solar + flow.charge - flow.discharge;
    const tariff = isDayTariff(day.weekday, wall) ? 'day' : 'night';
    rates.solar[minute] = solar;
    rates.charge[minute] = flow.charge;
    rates.discharge[minute] = flow.discharge;
    if (net >= 0) rates[`import_${tariff}`][minute] = net;
    else rates[`export_${tariff}`][minute] = -net;
    // Together the two stay below the net power, so that a second never turns import into export.
    const room = Math.abs(net);
    solarFlicker[minute] = Math.min(Math.floor(room * 0.3), Math.floor(solar * 0.03));
    loadFlicker[minute] = Math.min(Math.floor(room * 0.5), Math.floor((rates.base[minute] ?? 0) * 0.3));
    outdoor[minute] = outdoorC(seed, day.dayOfYear, firstMinute + minute, wall);
    rates.gas[minute] = gasMlPerS(seed, day, wall, firstMinute + minute, outdoor[minute] ?? 0);
    rates.water[minute] = waterMlPerS(seed, wall, firstMinute + minute);
  }
  stored[day.minutes] = held;
  const series = {} as Record<Channel, Series>;
  for (const channel of channels)
    series[channel] = { rates: rates[channel], totals: runningTotals(rates[channel]) };
  return {
    day,
    series,
    loadFlickerW: loadFlicker,
    solarFlickerW: solarFlicker,
    storedJ: stored,
    outdoorC: outdoor,
  };
}

function runningTotals(rates: Int32Array): Float64Array {
  const totals = new Float64Array(rates.length + 1);
  let total = 0;
  for (let minute = 0; minute < rates.length; minute++) {
    totals[minute] = total;
    total += (rates[minute] ?? 0) * 60;
  }
  totals[rates.length] = total;
  return totals;
}

/** Charges from a surplus and gives to a lack, within its power and what it holds. */
function batteryW(lackW: number, storedJ: number): { charge: number; discharge: number } {
  if (lackW < -battery.biasW) {
    const room = Math.floor((battery.capacityJ - storedJ) / 60 / battery.efficiency);
    return { charge: Math.max(0, Math.min(battery.powerW, -lackW - battery.biasW, room)), discharge: 0 };
  }
  if (lackW > battery.biasW) {
    const left = Math.floor(((storedJ - battery.reserveJ) * battery.efficiency) / 60);
    return { charge: 0, discharge: Math.max(0, Math.min(battery.powerW, lackW - battery.biasW, left)) };
  }
  return { charge: 0, discharge: 0 };
}

function clampStored(joules: number): number {
  return Math.min(battery.capacityJ, Math.max(battery.reserveJ, joules));
}

/** A condensing boiler that helps on cold mornings, and a gas fire now and then. */
function gasMlPerS(seed: number, day: LocalDay, wall: number, minute: number, outsideC: number): number {
  const heats = outsideC < 9 && wall > 345 && wall < 480 && (minute >> 3) % 3 !== 0;
  if (heats) return 180 + chanceBetween(seed, 61, minute, -8, 8);
  const showers = wall > 405 && wall < 415 + chanceBetween(seed, 62, day.index, 0, 12);
  return showers ? 420 + chanceBetween(seed, 63, minute, -10, 10) : 0;
}

function waterMlPerS(seed: number, wall: number, minute: number): number {
  const busy = (wall > 390 && wall < 490) || (wall > 1020 && wall < 1350);
  const likely = busy ? 0.12 : wall < 360 ? 0.004 : 0.03;
  return chance(seed, 64, minute) < likely ? chanceBetween(seed, 65, minute, 40, 190) : 0;
}
