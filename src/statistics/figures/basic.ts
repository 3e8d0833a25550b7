/** The figures that are facts themselves. */
import { figure, type Statistic } from './statistic.ts';

export const state = {
  key: 'state',
  unit: '`unit`',
  schema: figure("The register or value at the bucket's end"),
  isCompared: false,
  compute: (facts) => facts.state,
} as const satisfies Statistic;

export const sum = {
  key: 'sum',
  unit: '`unit` (kWh or m³)',
  schema: figure('What the meter counted in the bucket; null for a value such as power'),
  isCompared: true,
  compute: (facts) => facts.sum,
} as const satisfies Statistic;

export const mean = {
  key: 'mean',
  unit: 'W or m³/h for meters, else `unit`',
  schema: figure(
    'Mean power of a meter of energy, mean flow of one of volume, over the known time; else the mean of the value, time-weighted',
  ),
  isCompared: true,
  compute: (facts) => facts.mean,
} as const satisfies Statistic;

export const min = {
  key: 'min',
  unit: 'W or m³/h for meters, else `unit`',
  schema: figure('For meters the mean of the lowest quarter-hour that was measured whole; else of the value'),
  isCompared: false,
  compute: (facts) => facts.min,
} as const satisfies Statistic;

export const max = {
  key: 'max',
  unit: 'W or m³/h for meters, else `unit`',
  schema: figure(
    'For meters the mean of the highest quarter-hour that was measured whole, never made of hours; else of the value',
  ),
  isCompared: true,
  compute: (facts) => facts.max,
} as const satisfies Statistic;

export const cost = {
  key: 'cost',
  unit: "the home's currency",
  schema: figure(
    'Of what was bought or used; null when a price is missing, and for what has none (export, solar, gas, water, power)',
  ),
  isCompared: true,
  compute: (facts) => facts.cost,
} as const satisfies Statistic;
