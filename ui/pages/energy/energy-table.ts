/** Columns and rows of the Energy page's table: the same numbers as the bars, and the cards as its last row. Pure. */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { bucketName } from '../../chart/bar-labels.ts';
import { isIncomplete, type Presence, presenceOf, spanIn } from '../../chart/grounds.ts';
import type { Cell, TableColumn, TableRow } from '../../components/data-table.tsx';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatMoney, formatNumber, formatShare } from '../../format/numbers.ts';
import type { BucketPeriod } from '../../period/buckets.ts';
import type { Texts } from '../../texts/en.ts';
import { type BalanceRow, pairedRows } from './comparison.ts';
import { gridBalance } from './energy-bars.ts';

export interface EnergyTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  readonly total: TableRow;
}

type Amounts = BalanceAnswer['total'];
type Range = BalanceAnswer['time_range'];
interface ValueColumn extends TableColumn {
  readonly of: (amounts: Amounts, other: Amounts | null) => number | null;
  readonly kind: 'kWh' | 'm³' | 'money';
}

function valueColumns(answer: BalanceAnswer, before: string | null, t: Texts['energy']): ValueColumn[] {
  const { has } = answer;
  const words = t.columns;
  const hasOther = has.solar || has.battery;
  const energy = (key: string, label: string, of: ValueColumn['of'], isThere = true) =>
    isThere ? [{ key, label: `${label} (kWh)`, isNumber: true, kind: 'kWh' as const, of }] : [];
  return [
    ...energy('home', words.home, (row) => row.home_kwh),
    ...energy(
      'before',
      before === null ? '' : words.before(before),
      (_row, other) => other?.home_kwh ?? null,
      before !== null,
    ),
    ...energy('solarToHome', t.chart.fromSolar, (row) => row.solar_to_home_kwh, has.solar),
    ...energy('batteryToHome', t.chart.fromBattery, (row) => row.battery_to_home_kwh, has.battery),
    ...energy('gridToHome', t.chart.fromGrid, (row) => row.grid_to_home_kwh, has.grid),
    ...energy('batteryIn', words.batteryIn, (row) => row.battery_in_kwh, has.battery),
    ...energy('gridOut', words.gridOut, (row) => row.grid_out_kwh, has.grid && hasOther),
    ...energy('balance', words.balance, gridBalance, has.grid && hasOther),
    ...energy('gasEnergy', words.gas, (row) => row.gas_kwh, has.gas_energy),
    ...(has.gas && (!has.gas_energy || answer.total.gas_m3 !== null)
      ? [
          {
            key: 'gas',
            label: `${words.gas} (m³)`,
            isNumber: true,
            kind: 'm³' as const,
            of: (row: Amounts) => row.gas_m3,
          },
        ]
      : []),
    ...(has.water
      ? [
          {
            key: 'water',
            label: `${words.water} (m³)`,
            isNumber: true,
            kind: 'm³' as const,
            of: (row: Amounts) => row.water_m3,
          },
        ]
      : []),
    ...(answer.total.cost !== null
      ? [
          {
            key: 'cost',
            label: words.cost,
            isNumber: true,
            kind: 'money' as const,
            of: (row: Amounts) => row.cost,
          },
        ]
      : []),
  ];
}

function timeText(row: BalanceRow, bucket: BucketPeriod, isOfDays: boolean, locale: Locale): string {
  const startMs = Date.parse(row.start);
  const name = bucketName(startMs, Date.parse(row.end), bucket, locale);
  return bucket === 'hour' && isOfDays ? `${formatInstant(startMs, 'day', locale)} ${name}` : name;
}

/** `before`: the name of what it is compared with; null when it is not. */
export function energyTable(
  answer: BalanceAnswer,
  bucket: BucketPeriod,
  before: string | null,
  nowMs: number,
  t: Texts,
  locale: Locale,
): EnergyTable {
  const { language } = locale;
  const values = valueColumns(answer, before, t.energy);
  const others = pairedRows(answer);
  const isOfDays = answer.rows.length > 25;
  const cellsOf = (row: Amounts, other: Amounts | null): Cell[] =>
    values.map(({ of, kind }) => {
      const value = of(row, other);
      if (value === null) return { text: '', value: null };
      const text =
        kind === 'money'
          ? formatMoney(value, answer.currency, language)
          : formatNumber(value, language, kind === 'kWh' ? 2 : 3);
      return { text, value };
    });
  const groundsOf = (row: Amounts, range: Range, presence: Presence, isRunning: boolean): Cell => {
    if (presence !== 'known') return { text: t.bars[presence] };
    const share = isIncomplete(row, spanIn(range), nowMs)
      ? [t.bars.measured(formatShare(row.coverage, language))]
      : [];
    return { text: [t.quality[row.quality], ...share, ...(isRunning ? [t.bars.running] : [])].join(', ') };
  };
  const rows = answer.rows.map((row, index): TableRow => {
    const [startMs, endMs] = [Date.parse(row.start), Date.parse(row.end)];
    const isKnown = row.home_kwh !== null || row.grid_in_kwh !== null;
    return {
      key: row.start,
      cells: [
        { text: timeText(row, bucket, isOfDays, locale) },
        ...cellsOf(row, others[index] ?? null),
        groundsOf(row, row, presenceOf(isKnown, endMs, nowMs), startMs <= nowMs && nowMs < endMs),
      ],
    };
  });
  const isRunning = Date.parse(answer.time_range.end) > nowMs;
  return {
    columns: [
      { key: 'time', label: t.energy.columns.time[bucket], isNumber: false },
      ...values,
      { key: 'grounds', label: t.energy.columns.grounds, isNumber: false },
    ],
    rows,
    total: {
      key: 'total',
      cells: [
        { text: t.table.total },
        ...cellsOf(answer.total, answer.comparison?.total ?? null),
        groundsOf(
          answer.total,
          answer.time_range,
          answer.total.home_kwh === null ? 'missing' : 'known',
          isRunning,
        ),
      ],
    },
  };
}
