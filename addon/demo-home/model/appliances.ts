/** What the home's appliances draw, minute by minute: whole watts, a function of the seed and the day. */
import type { LocalDay } from './calendar.ts';
import { chance, chanceBetween, smoothNoise } from './noise.ts';
import { outdoorC } from './weather.ts';

export const loads = [
  'base',
  'kitchen_sockets',
  'fridge',
  'dishwasher',
  'oven',
  'hob',
  'washing_machine',
  'dryer',
  'heat_pump',
  'boiler',
  'ev_charger',
  'freezer',
  'media',
  'office',
  'ventilation',
] as const;
type Load = (typeof loads)[number];

/** Minutes at watts, one after the other, from a minute of the day on; may reach into the next day. */
interface Run {
  readonly start: number;
  readonly steps: readonly (readonly [minutes: number, watts: number])[];
}

const washing = [
  [5, 60],
  [18, 2050],
  [42, 140],
  [8, 350],
  [11, 520],
] as const;
const drying = [
  [50, 780],
  [12, 420],
] as const;
const dishes = [
  [10, 60],
  [22, 2100],
  [35, 90],
  [18, 1950],
  [25, 30],
] as const;

const standbyW: Partial<Record<Load, number>> = {
  dishwasher: 1,
  oven: 1,
  washing_machine: 2,
  dryer: 1,
  heat_pump: 9,
  boiler: 0,
  ev_charger: 3,
  hob: 0,
};

/** Watts of one load for every minute of a day. */
export function loadW(load: Load, seed: number, day: LocalDay, before: LocalDay | null): Int32Array {
  const watts = new Int32Array(day.minutes);
  const firstMinute = day.startMs / 60_000;
  const steady = steadyW[load];
  if (steady !== undefined) {
    for (let minute = 0; minute < day.minutes; minute++)
      watts[minute] = Math.max(
        0,
        Math.round(steady(seed, day, day.wallMinutes[minute] ?? 0, firstMinute + minute)),
      );
    return watts;
  }
  watts.fill(standbyW[load] ?? 0);
  // What yesterday's runs left over goes first, so that a charge after midnight is not cut.
  if (before !== null) for (const run of runsOf(load, seed, before)) lay(watts, run, -before.minutes);
  for (const run of runsOf(load, seed, day)) lay(watts, run, 0);
  return watts;
}

function lay(watts: Int32Array, run: Run, shift: number): void {
  let minute = run.start + shift;
  for (const [minutes, power] of run.steps) {
    for (let i = 0; i < minutes; i++, minute++)
      if (minute >= 0 && minute < watts.length) watts[minute] = power;
  }
}

type Steady = (seed: number, day: LocalDay, wall: number, minute: number) => number;

/** Loads that are always on in some way. `wall`: minute of the wall clock; `minute`: since the epoch. */
const steadyW: Partial<Record<Load, Steady>> = {
  base: (seed, day, wall, minute) => {
    const awake = wall > 390 && wall < 1380 ? 1 : 0;
    const evening = wall > 1020 && wall < 1380 ? 1 : 0;
    const home = day.weekday > 5 || wall < 510 || wall > 1000 ? 1 : 0.4;
    return (
      118 +
      awake * home * 90 * smoothNoise(seed, 11, minute / 25) +
      evening * 120 +
      45 * chance(seed, 12, minute)
    );
  },
  kitchen_sockets: (seed, _day, wall, minute) => {
    const kettle = (wall > 400 && wall < 470) || (wall > 930 && wall < 960);
    return kettle && chance(seed, 13, minute) < 0.09
      ? 1900 + (minute % 7) * 10
      : 7 + chanceBetween(seed, 14, minute, 0, 3);
  },
  fridge: (seed, _day, _wall, minute) => compressorW(seed, 21, minute, 46, 17, 64),
  freezer: (seed, _day, _wall, minute) => compressorW(seed, 22, minute, 53, 19, 82),
  media: (seed, day, wall, minute) => {
    const until = 1300 + chanceBetween(seed, 23, day.index, 0, 110);
    return wall > 1110 && wall < until ? 96 + 30 * smoothNoise(seed, 24, minute / 2) : 0;
  },
  office: (seed, day, wall, minute) => {
    const works = day.weekday <= 5 && chance(seed, 25, day.index) < 0.7;
    return works && wall > 505 && wall < 1050 ? 74 + 70 * smoothNoise(seed, 26, minute / 3) : 6;
  },
  ventilation: (seed, _day, wall, minute) => {
    const speed = wall > 390 && wall < 480 ? 55 : wall > 1020 && wall < 1320 ? 38 : 22;
    return speed + chanceBetween(seed, 27, minute >> 1, 0, 2);
  },
  heat_pump: (seed, day, wall, minute) => {
    const hotWater = wall >= 780 && wall < 780 + 30 + chanceBetween(seed, 28, day.index, 0, 25);
    if (hotWater) return 1850 + chanceBetween(seed, 29, minute, -30, 30);
    const lack = 15.5 - outdoorC(seed, day.dayOfYear, minute, wall) - (wall < 330 ? 2 : 0);
    if (lack <= 0) return 9;
    const wanted = lack * 95;
    // Below its smallest step it switches on and off.
    if (wanted < 500)
      return (minute + day.index * 7) % 50 < wanted / 10 ? 520 + chanceBetween(seed, 30, minute, -15, 15) : 9;
    return (
      Math.min(3200, wanted * (0.92 + 0.16 * smoothNoise(seed, 31, minute / 12))) +
      chanceBetween(seed, 32, minute, -12, 12)
    );
  },
};

function compressorW(
  seed: number,
  channel: number,
  minute: number,
  periodMin: number,
  onMin: number,
  powerW: number,
): number {
  const cycle = Math.floor((minute + chanceBetween(seed, channel, 0, 0, periodMin)) / periodMin);
  const within = (minute + chanceBetween(seed, channel, 0, 0, periodMin)) % periodMin;
  const on = onMin + chanceBetween(seed, channel, cycle, -3, 4);
  if (within >= on) return 1;
  return (within === 0 ? powerW * 1.5 : powerW) + chanceBetween(seed, channel + 50, minute, -2, 2);
}

/** Runs that begin on this day. */
function runsOf(load: Load, seed: number, day: LocalDay): Run[] {
  const index = day.index;
  const dice = (n: number) => chance(seed, 200 + n, index);
  const between = (n: number, low: number, high: number) => chanceBetween(seed, 200 + n, index, low, high);
  const washes = dice(1) < (day.weekday > 5 ? 0.65 : 0.4) || index % 4 === 0;
  const washStart = between(2, 8 * 60, 19 * 60);
  switch (load) {
    case 'washing_machine':
      return washes ? [{ start: washStart, steps: washing }] : [];
    case 'dryer':
      return washes && (dice(3) < 0.6 || index % 4 === 0) ? [{ start: washStart + 95, steps: drying }] : [];
    case 'dishwasher':
      return dice(4) < 0.7 || index % 3 === 0 ? [{ start: between(5, 1170, 1290), steps: dishes }] : [];
    case 'oven': {
      if (dice(6) > 0.5 && index % 3 !== 0) return [];
      const steps: [number, number][] = [[9, 2400]];
      for (let i = 0; i < between(7, 4, 9); i++) steps.push([2, 2350], [4, 70]);
      return [{ start: between(8, 1020, 1110), steps }];
    }
    case 'hob': {
      const steps: [number, number][] = [];
      for (let i = 0; i < between(9, 6, 14); i++) steps.push([3, between(40 + i, 150, 1800)]);
      return [{ start: between(10, 1060, 1120), steps }];
    }
    case 'boiler':
      return [
        { start: between(11, 290, 330), steps: [[between(12, 30, 60), 1500]] },
        { start: between(13, 1240, 1280), steps: [[between(14, 8, 25), 1500]] },
      ];
    case 'ev_charger': {
      if (dice(15) > 0.45 && index % 5 !== 0) return [];
      const minutes = between(16, 80, 260);
      if (day.weekday > 5)
        return [
          {
            start: between(17, 640, 780),
            steps: [
              [minutes, 3680],
              [6, 1400],
            ],
          },
        ];
      return [
        {
          start: 1320 + between(18, 1, 9),
          steps: [
            [minutes, 7360],
            [9, 2900],
            [4, 1400],
          ],
        },
      ];
    }
    default:
      return [];
  }
}
