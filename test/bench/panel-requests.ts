/** What the panel asks, each beside the query that answers the same from QuestDB alone. */

import { bucketStartUs, localDate, localMonth, nextBucketUs } from '../../src/units/calendar.ts';
import { dayUs } from '../../src/units/durations.ts';
import { isoFromInstant } from '../../src/units/instant.ts';
import { timeZone, type YearMeter } from './year-home.ts';
import type { YearSpan } from './year-stores.ts';

export interface PanelRequest {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** p95. */
  readonly budgetMs: number;
  /** Null for what is answered from memory. */
  readonly sql: string | null;
}

const list = (ids: readonly string[]) => ids.map((id) => `'${id}'`).join(', ');

export function panelRequests(meters: readonly YearMeter[], span: YearSpan): PanelRequest[] {
  const { endUs: dataEndUs } = span;
  const ofRole = (role: string) => meters.find(({ entity }) => entity.role === role)?.entity.entityId ?? '';
  const grid = ofRole('grid_import');
  const power = ofRole('grid_power');
  const devices = meters.filter(({ entity, isPosted }) => isPosted && entity.role.startsWith('device'));
  const deviceIds = devices.map(({ entity }) => entity.entityId);
  const ten = [grid, ...deviceIds].slice(0, 10);

  const iso = isoFromInstant;
  const query = (from: string, to: string) => (startUs: number, endUs: number) =>
    new URLSearchParams({ [from]: iso(startUs), [to]: iso(endUs) }).toString();
  const since = query('since', 'until');
  const times = query('start_time', 'end_time');
  const inSpan = (startUs: number, endUs: number) =>
    `timestamp >= '${iso(startUs)}' AND timestamp < '${iso(endUs)}'`;
  const of = (id: string, startUs: number, endUs: number) =>
    `WHERE entity_id = '${id}' AND ${inSpan(startUs, endUs)}`;

  const day = bucketStartUs(dataEndUs - dayUs, 'day', timeZone);
  const dayEnd = nextBucketUs(day, 'day', timeZone);
  const month = bucketStartUs(dataEndUs - 1, 'month', timeZone);
  const monthBefore = bucketStartUs(month - 1, 'month', timeZone);
  const year = bucketStartUs(dataEndUs - 1, 'year', timeZone);
  const days30 = dataEndUs - 30 * dayUs;
  const year12 = Math.max(span.ledgerFromUs, dataEndUs - 365 * dayUs);

  const viewOf = { hour: 'ledger_hours', day: 'ledger_days', month: 'ledger_days' } as const;
  const row = 'timestamp, amount, highest, quality, covered, on_time, quarters, provisional';
  const quarterHourRow = 'timestamp, amount, quality, covered, on_time, provisional';
  const sums = (period: keyof typeof viewOf, which: readonly string[], startUs: number, endUs: number) =>
    `SELECT entity_id, ${row} FROM ${viewOf[period]} WHERE entity_id IN (${list(which)}) AND ${inSpan(startUs, endUs)}`;
  const hours = (id: string, startUs: number) =>
    `SELECT timestamp, min(state), max(state), avg(state), count() FROM energy_readings ${of(id, startUs, dataEndUs)} SAMPLE BY 1h`;
  const curve = (id: string, startUs: number, seconds: number) =>
    `SELECT timestamp, last(state), min(state), max(state), count() FROM energy_readings ${of(id, startUs, dataEndUs)} SAMPLE BY ${seconds}s`;
  const flows = `entity_id LIKE 'home:%'`;
  const balanceIds = `(${flows} OR entity_id IN (${list(deviceIds)}))`;
  const balance = (view: string, startUs: number, endUs: number) =>
    `SELECT entity_id, ${view === 'ledger_entries' ? quarterHourRow : row} FROM ${view}
      WHERE ${balanceIds} AND ${inSpan(startUs, endUs)}`;

  const requests: PanelRequest[] = [];
  const add = (name: string, path: string, sql: string | null, more: Partial<PanelRequest> = {}) =>
    requests.push({ name, method: 'GET', path, budgetMs: 50, sql, ...more });

  add('now', '/api/now', null);
  add('entities/cached', '/api/entities/cached', null);
  add(
    'readings, a page of 1000',
    `/api/readings/${power}?${since(dataEndUs - dayUs, dataEndUs)}&limit=1000`,
    `SELECT timestamp, state, unit, absence, origin FROM energy_readings ${of(power, dataEndUs - dayUs, dataEndUs)} LIMIT 1000`,
  );
  add(
    'readings hourly, 24 h',
    `/api/readings/${power}/hourly?${times(dataEndUs - dayUs, dataEndUs)}`,
    hours(power, dataEndUs - dayUs),
  );
  add(
    'readings hourly, 30 d',
    `/api/readings/${power}/hourly?${times(days30, dataEndUs)}`,
    hours(power, days30),
  );
  add(
    'curve, 24 h, 1000 points',
    `/api/readings/${power}/curve?${since(dataEndUs - dayUs, dataEndUs)}&points=1000`,
    curve(power, dataEndUs - dayUs, 120),
  );
  add(
    'curve, 30 d, 1000 points',
    `/api/readings/${power}/curve?${since(days30, dataEndUs)}&points=1000`,
    curve(power, days30, 3600),
  );

  const statistics = (period: keyof typeof viewOf, what: string, startUs: number, endUs: number) => {
    for (const format of ['raw', 'chart'])
      add(
        `statistics, ${what}, ${format}`,
        `/api/statistics/${grid}?${times(startUs, endUs)}&period=${period}&format=${format}`,
        sums(period, [grid], startUs, endUs),
      );
  };
  statistics('hour', 'a day by hour', day, dayEnd);
  statistics('hour', '30 d by hour', days30, dataEndUs);
  statistics('day', 'a month by day', monthBefore, month);
  statistics('day', 'a year by day', year12, dataEndUs);
  statistics('month', 'a year by month', year12, dataEndUs);
  add(
    'statistics of power, a day by hour',
    `/api/statistics/${power}?${times(day, dayEnd)}&period=hour`,
    hours(power, day),
  );
  add(
    'statistics daily, 30 d',
    `/api/statistics/${grid}/daily?${times(days30, dataEndUs)}`,
    sums('day', [grid], days30, dataEndUs),
  );
  add(
    'statistics monthly, 12 months',
    `/api/statistics/${grid}/monthly?${times(year12, dataEndUs)}`,
    sums('day', [grid], year12, dataEndUs),
  );
  add(
    'statistics summary, a month',
    `/api/statistics/${grid}/summary?${times(monthBefore, month)}`,
    `SELECT sum(amount), max(highest), min(amount), sum(quarters) FROM ledger_days ${of(grid, monthBefore, month)}`,
  );
  const compare = (aggregation: string, period: keyof typeof viewOf, startUs: number, endUs: number) =>
    add(
      `compare ${ten.length}, ${aggregation}`,
      '/api/statistics/compare',
      sums(period, ten, startUs, endUs),
      {
        method: 'POST',
        body: { entity_ids: ten, start_time: iso(startUs), end_time: iso(endUs), aggregation },
      },
    );
  compare('hourly', 'hour', dataEndUs - 7 * dayUs, dataEndUs);
  compare('daily', 'day', days30, dataEndUs);
  compare('monthly', 'month', year12, dataEndUs);

  const balances = (
    name: string,
    period: string,
    view: string,
    startUs: number,
    endUs: number,
    compareWith = 'none',
  ) =>
    add(
      `balance, ${name}`,
      `/api/balance?${times(startUs, endUs)}&period=${period}&compare=${compareWith}`,
      balance(view, startUs, endUs),
    );
  balances('a day by quarter', 'quarter', 'ledger_entries', day, dayEnd);
  balances('a day by hour', 'hour', 'ledger_hours', day, dayEnd);
  balances('a day by hour, a year before', 'hour', 'ledger_hours', day, dayEnd, 'year');
  balances('a month by day', 'day', 'ledger_days', monthBefore, month);
  balances('a month by day, the month before', 'day', 'ledger_days', monthBefore, month, 'previous');
  balances('a year by month', 'month', 'ledger_days', year12, dataEndUs);
  balances('a year by month, a year before', 'month', 'ledger_days', year12, dataEndUs, 'year');
  balances('a year by day', 'day', 'ledger_days', year12, dataEndUs);
  balances('a year by day, a year before', 'day', 'ledger_days', year12, dataEndUs, 'year');
  add(
    'devices, a month',
    `/api/devices?${times(monthBefore, month)}`,
    `SELECT entity_id, sum(amount), min(quality), sum(covered) FROM ledger_days
      WHERE entity_id IN (${list(deviceIds)}) AND ${inSpan(monthBefore, month)}`,
  );
  const gridQuarterHours = (startUs: number, endUs: number) =>
    `SELECT timestamp, amount, quality FROM ledger_entries ${of('home:grid_in', startUs, endUs)}`;
  add(
    'capacity, a month',
    `/v1/capacity/month/${localMonth(monthBefore, timeZone)}`,
    `${gridQuarterHours(monthBefore, month)} ORDER BY amount DESC LIMIT 10`,
  );
  const seriesRows = (view: string, startUs: number) =>
    `SELECT entity_id, timestamp, amount, highest FROM ${view}
      WHERE entity_id IN ('home:grid_in', 'home:grid_out') AND ${inSpan(startUs, dataEndUs)}`;
  add('series, day', '/v1/series?frame=day', seriesRows('ledger_hours', day));
  add('series, month', '/v1/series?frame=month', seriesRows('ledger_days', month));
  add('series, year', '/v1/series?frame=year', seriesRows('ledger_days', year));
  add('series, all', '/v1/series?frame=all', seriesRows('ledger_days', span.ledgerFromUs));
  add(
    'ledger of a day',
    `/api/ledger/${grid}?start=${encodeURIComponent(iso(day))}&end=${encodeURIComponent(iso(dayEnd))}`,
    `SELECT * FROM ledger_journal ${of(grid, day, dayEnd)}`,
  );
  add(
    'coverage, a month',
    `/api/coverage?${times(monthBefore, month)}`,
    `SELECT entity_id, timestamp, covered, quality, quarters FROM ledger_days WHERE ${inSpan(monthBefore, month)}`,
  );
  const analytics = '/api/power-analytics';
  const devicesOn = (view: string, startUs: number, endUs: number) =>
    `SELECT entity_id, ${row} FROM ${view} WHERE entity_id IN (${list(deviceIds)}) AND ${inSpan(startUs, endUs)}`;
  const date = localDate(day, timeZone);
  add('analytics summary', `${analytics}/summary?date=${date}`, devicesOn('ledger_days', day, dayEnd));
  add(
    'analytics timeline, a week',
    `${analytics}/timeline?${query('start', 'end')(dataEndUs - 7 * dayUs, dataEndUs)}&bucket=60`,
    devicesOn('ledger_hours', dataEndUs - 7 * dayUs, dataEndUs),
  );
  add(
    'analytics device-breakdown',
    `${analytics}/device-breakdown?date=${date}`,
    devicesOn('ledger_days', day, dayEnd),
  );
  const [yearText, monthText] = localMonth(monthBefore, timeZone).split('-');
  add(
    'analytics monthly',
    `${analytics}/monthly?year=${yearText}&month=${Number(monthText)}`,
    devicesOn('ledger_days', monthBefore, month),
  );
  add('realtime', '/v1/realtime', null, { budgetMs: 5 });
  return requests;
}
