/** Real meter files as they are, read without the product's own code. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const lines = (name: string) =>
  readFileSync(resolve(import.meta.dirname, '../data', name), 'utf8')
    .replace(/^\uFEFF/, '')
    .trim()
    .split(/\r?\n/)
    .slice(1);

/** Local time of Brussels in summer or winter, microseconds. */
const at = (local: string, offset: '+01:00' | '+02:00') => Date.parse(`${local}${offset}`) * 1000;

export interface HomeWizardRow {
  readonly atUs: number;
  /** Imports of tariff 1 and 2, exports of tariff 1 and 2; Wh. */
  readonly registersWh: readonly [number, number, number, number];
}

/** September 2022, all of it in summer time. */
export function homeWizardRows(): HomeWizardRow[] {
  return lines('homewizard_2022-09_15min_electricity.csv').map((line) => {
    const [time = '', ...values] = line.split(',');
    const [a = 0, b = 0, c = 0, d = 0] = values.map((value) => Math.round(Number(value) * 1000));
    return { atUs: at(`${time.replace(' ', 'T')}:00`, '+02:00'), registersWh: [a, b, c, d] };
  });
}

export interface DsmrHour {
  readonly startUs: number;
  /** What the low and the normal tariff counted in the hour; kWh. */
  readonly low: number;
  readonly normal: number;
}

export function dsmrHours(month: string): DsmrHour[] {
  return lines('dsmr-reader_export_hour.csv').flatMap((line) => {
    const [start = '', low, normal] = line.split(',');
    if (!start.startsWith(month)) return [];
    return [{ startUs: Date.parse(start) * 1000, low: Number(low), normal: Number(normal) }];
  });
}

export interface FluviusQuarterHour {
  readonly startUs: number;
  readonly register: string;
  /** Wh; nothing was used where the volume is empty. */
  readonly wh: number;
}

/** October 2021; the clock goes back on the 31st, and the second row of the same label is the later hour. */
export function fluviusQuarterHours(): FluviusQuarterHour[] {
  const seen = new Set<string>();
  const backAtUs = Date.parse('2021-10-31T01:00:00Z') * 1000;
  const quarters = lines('fluvius_2021-10_quarters.csv').map((line) => {
    const [day = '', time = '', , , , , , register = '', volume = ''] = line.split(';');
    const local = `${day.split('-').reverse().join('-')}T${time}`;
    const label = `${local} ${register}`;
    const summerUs = at(local, '+02:00');
    const isLater = summerUs >= backAtUs || seen.has(label);
    seen.add(label);
    const startUs = isLater ? at(local, '+01:00') : summerUs;
    return { startUs, register, wh: Math.round(Number(volume.replace(',', '.')) * 1000) };
  });
  return quarters.sort((a, b) => a.startUs - b.startUs);
}

export interface FluviusGasHour {
  readonly startUs: number;
  /** Litres and watt-hours, as the file has them; a row without a volume used nothing. */
  readonly litres: number;
  readonly wh: number;
}

/** January 2022, in winter time; gas days begin at 06:00. */
export function fluviusGasHours(): FluviusGasHour[] {
  const hours = new Map<number, FluviusGasHour>();
  for (const line of lines('fluvius_2022-01_gas_hours.csv')) {
    const [day = '', time = '', , , , , , , volume = '', unit = ''] = line.split(';');
    const startUs = at(`${day.split('-').reverse().join('-')}T${time}`, '+01:00');
    const thousandths = Math.round(Number(volume.replace(',', '.')) * 1000);
    const hour = hours.get(startUs) ?? { startUs, litres: 0, wh: 0 };
    hours.set(startUs, unit === 'kWh' ? { ...hour, wh: thousandths } : { ...hour, litres: thousandths });
  }
  return [...hours.values()].sort((a, b) => a.startUs - b.startUs);
}
