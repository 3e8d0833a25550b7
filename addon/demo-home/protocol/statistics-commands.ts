/** recorder/*: lists, rows and single figures of the statistics. */
import { quantityOf, toCanonical } from '../../../src/units/quantity.ts';
import type { Entity } from '../home/entity.ts';
import type { Home } from '../home/home.ts';
import { type ExternalStatistic, externalRows, externalSumBefore } from '../recorder/external.ts';
import type { Row } from '../recorder/row.ts';
import { combine, type Statistics } from '../recorder/statistics.ts';

export const periods = ['5minute', 'hour', 'day', 'week', 'month', 'year'] as const;
export type Period = (typeof periods)[number];
export const rowTypes = ['change', 'last_reset', 'max', 'mean', 'min', 'state', 'sum'] as const;
export type RowType = (typeof rowTypes)[number];

const unitClasses: Readonly<Record<string, string>> = {
  energy: 'energy',
  power: 'power',
  volume: 'volume',
  percentage: 'unitless',
  flow: 'volume_flow_rate',
};

function unitClassOf(unit: string | null): string | null {
  if (unit === '°C') return 'temperature';
  const quantity = quantityOf(unit);
  return quantity === null ? null : (unitClasses[quantity] ?? null);
}

/** Those with a state class and a unit; Core lists them before any row exists. */
function withStatistics(home: Home): Entity[] {
  return [...home.entities.values()].filter(({ definition }) => definition.stateClass !== undefined);
}

export function statisticIds(
  { home, statistics }: { readonly home: Home; readonly statistics: Statistics },
  type: 'mean' | 'sum' | null,
  ids: readonly string[] | null,
): object[] {
  const externals = type === 'mean' ? [] : [...statistics.externals.values()];
  const own = withStatistics(home)
    .filter(({ entityId }) => ids === null || ids.includes(entityId))
    .filter(
      ({ definition }) => type === null || (type === 'mean') === (definition.stateClass === 'measurement'),
    )
    .map(({ entityId, definition }) => {
      const unit = definition.unit ?? null;
      const hasMean = definition.stateClass === 'measurement';
      return {
        statistic_id: entityId,
        display_unit_of_measurement: unit,
        has_mean: hasMean,
        mean_type: hasMean ? 1 : 0,
        has_sum: !hasMean,
        name: null,
        source: 'recorder',
        statistics_unit_of_measurement: unit,
        unit_class: unitClassOf(unit),
      };
    });
  const written = externals
    .filter(({ statisticId }) => ids === null || ids.includes(statisticId))
    .map(({ statisticId, name, unit }) => ({
      statistic_id: statisticId,
      display_unit_of_measurement: unit,
      ...{ has_mean: false, mean_type: 0, has_sum: true, name },
      source: statisticId.slice(0, statisticId.indexOf(':')),
      statistics_unit_of_measurement: unit,
      unit_class: unitClassOf(unit),
    }));
  return [...own, ...written];
}

const meanTypes: ReadonlySet<RowType> = new Set(['mean', 'min', 'max']);
const sumTypes: ReadonlySet<RowType> = new Set(['change', 'sum', 'state']);

export interface RowsQuestion {
  readonly startUs: number;
  /** Infinity: until now. */
  readonly endUs: number;
  readonly statisticIds: readonly string[];
  readonly period: Period;
  readonly types: readonly RowType[];
  /** Unit class → unit. */
  readonly units: Readonly<Record<string, unknown>>;
}

/** By id, in the order asked; unknown ids are absent. */
export async function statisticsOf(
  home: Home,
  statistics: Statistics,
  question: RowsQuestion,
): Promise<object> {
  const result: Record<string, object[]> = {};
  const ids = new Set(question.statisticIds);
  const entities = withStatistics(home).filter(({ entityId }) => ids.has(entityId));
  // As in Core, a column that none of them can fill is left out; one that only some can is null in the others.
  const hasMean = entities.some(({ definition }) => definition.stateClass === 'measurement');
  const externals = [...ids].flatMap((id) => statistics.externals.get(id) ?? []);
  const hasSum =
    externals.length > 0 || entities.some(({ definition }) => definition.stateClass !== 'measurement');
  const types = question.types.filter((type) =>
    meanTypes.has(type) ? hasMean : sumTypes.has(type) ? hasSum : true,
  );
  for (const id of ids) {
    const entity = entities.find(({ entityId }) => entityId === id);
    const external = statistics.externals.get(id);
    const series = entity !== undefined ? ofEntity(statistics, entity) : external && ofExternal(external);
    if (series === undefined) continue;
    const rows = rowsOf(home, series, { ...question, types });
    if (rows.length > 0) result[id] = rows;
    // A month of many sensors takes a while: let the home go on reporting in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return result;
}

interface Series {
  readonly unit: string | null;
  readonly fiveMinutes: (startUs: number, endUs: number) => readonly Row[];
  readonly hours: (startUs: number, endUs: number) => readonly Row[];
  readonly sumBefore: (us: number, table: 'short' | 'long') => number | null;
}

function ofEntity(statistics: Statistics, entity: Entity): Series {
  return {
    unit: entity.definition.unit ?? null,
    fiveMinutes: (startUs, endUs) => statistics.fiveMinutes(entity, startUs, endUs),
    hours: (startUs, endUs) => statistics.hours(entity, startUs, endUs),
    sumBefore: (us, table) => statistics.sumBefore(entity, us, table),
  };
}

/** Core has no five-minute rows of them. */
function ofExternal(external: ExternalStatistic): Series {
  return {
    unit: external.unit,
    fiveMinutes: () => [],
    hours: (startUs, endUs) => externalRows(external, startUs, endUs),
    sumBefore: (us) => externalSumBefore(external, us),
  };
}

function rowsOf(home: Home, series: Series, question: RowsQuestion): object[] {
  const { period } = question;
  const zone = home.house.calendar.timeZone;
  const startUs =
    period === '5minute' || period === 'hour'
      ? question.startUs
      : periodStart(question.startUs, period, zone);
  const endUs =
    period === '5minute' || period === 'hour' || question.endUs === Infinity
      ? question.endUs
      : periodEnd(periodStart(question.endUs, period, zone), period, zone);
  const rows =
    period === '5minute'
      ? series.fiveMinutes(startUs, endUs)
      : period === 'hour'
        ? series.hours(startUs, endUs)
        : grouped(series.hours(startUs, endUs), period, zone);
  const first = rows[0];
  if (first === undefined) return [];
  const convert = converter(series.unit, question.units);
  let before = series.sumBefore(first.startMs * 1000, period === '5minute' ? 'short' : 'long') ?? 0;
  return rows.map((row) => {
    const change = row.sum === null ? null : row.sum - before;
    before = row.sum ?? before;
    const values: Record<RowType, number | null> = {
      change: convert(change),
      last_reset: null,
      max: convert(row.max),
      mean: convert(row.mean),
      min: convert(row.min),
      state: convert(row.state),
      sum: convert(row.sum),
    };
    const asked = Object.fromEntries(question.types.map((type) => [type, values[type]]));
    return { start: row.startMs, end: row.endMs, ...asked };
  });
}

function grouped(hours: readonly Row[], period: Period, zone: string): Row[] {
  const rows: Row[] = [];
  for (let i = 0; i < hours.length; ) {
    const startMs = periodStart((hours[i]?.startMs ?? 0) * 1000, period, zone) / 1000;
    const endMs = periodEnd(startMs * 1000, period, zone) / 1000;
    const own: Row[] = [];
    for (let hour = hours[i]; hour !== undefined && hour.startMs < endMs; hour = hours[++i]) own.push(hour);
    rows.push({ startMs, endMs, ...combine(own) });
  }
  return rows;
}

function localMidnight(us: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(us / 1000))
    .toZonedDateTimeISO(zone)
    .startOfDay();
}

export function periodStart(us: number, period: Period, zone: string): number {
  const midnight = localMidnight(us, zone);
  const start =
    period === 'week'
      ? midnight.subtract({ days: midnight.dayOfWeek - 1 }).startOfDay()
      : period === 'month'
        ? midnight.with({ day: 1 }).startOfDay()
        : period === 'year'
          ? midnight.with({ month: 1, day: 1 }).startOfDay()
          : midnight;
  return start.epochMilliseconds * 1000;
}

/** `us`: the period's start. */
export function periodEnd(us: number, period: Period, zone: string): number {
  const start = localMidnight(us, zone);
  const end =
    period === 'week'
      ? start.add({ weeks: 1 })
      : period === 'month'
        ? start.add({ months: 1 })
        : period === 'year'
          ? start.add({ years: 1 })
          : start.add({ days: 1 });
  return end.startOfDay().epochMilliseconds * 1000;
}

type Convert = (value: number | null) => number | null;

/** Into the unit asked for its class; into its own when none was, or when it is no unit of that class. */
export function converter(unit: string | null, units: Readonly<Record<string, unknown>>): Convert {
  const unitClass = unitClassOf(unit);
  const wanted = unitClass === null ? undefined : units[unitClass];
  if (unit === null || typeof wanted !== 'string' || wanted === unit) return (value) => value;
  const one = toCanonical(1, wanted);
  const own = toCanonical(1, unit);
  if (one === null || own === null || one.quantity !== own.quantity) return (value) => value;
  return (value) => (value === null ? null : (toCanonical(value, unit)?.value ?? value) / one.value);
}

/** recorder/statistic_during_period for a fixed span: change, or mean, least and most. */
export function oneFigure(
  statistics: Statistics,
  entity: Entity,
  startUs: number,
  endUs: number,
  units: Readonly<Record<string, unknown>>,
): Record<'max' | 'mean' | 'min' | 'change', number | null> {
  const rows = statistics.hours(entity, startUs, endUs);
  const convert = converter(entity.definition.unit ?? null, units);
  const whole = combine(rows);
  const first = rows[0];
  const before =
    first === undefined ? null : (statistics.sumBefore(entity, first.startMs * 1000, 'long') ?? 0);
  const change = whole.sum === null || before === null ? null : whole.sum - before;
  return {
    max: convert(whole.max),
    mean: convert(whole.mean),
    min: convert(whole.min),
    change: convert(change),
  };
}
