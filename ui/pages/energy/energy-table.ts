/** The Energy page's table: the same figures as the bars, and those of the cards as its last row. Pure. */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { bucketName } from '../../chart/bar-labels.ts';
import { isIncomplete, type Presence, presenceOf } from '../../chart/data-quality.ts';
import type { Cell, TableColumn, TableRow } from '../../components/data-table.tsx';
import { formatInstant, type Locale } from '../../format/instants.ts';
import { formatMoney, formatNumber, formatShare } from '../../format/numbers.ts';
import type { BucketPeriod } from '../../period/buckets.ts';
import { contains, parseSpan, type Span } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';
import { type BalanceRow, pairedRows } from './comparison.ts';
import { gridBalance } from './energy-bars.ts';

interface EnergyTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  readonly total: TableRow;
}

type Amounts = BalanceAnswer['total'];
interface ValueColumn extends TableColumn {
  readonly of: (amounts: Amounts, other: Amounts | null) => number | null;
  readonly kind: 'kWh' | 'm³' | 'money';
}

function valueColumns(answer: BalanceAnswer, before: string | null, t: Texts['energy']): ValueColumn[] {
  const { has } = answer;
  const words = t.columns;
  const hasOther = has.solar || has.battery;
  const column = (key: string, label: string, kind: ValueColumn['kind'], of: ValueColumn['of']) => ({
    ...{ key, kind, of, isNumber: true },
    label: kind === 'money' ? label : `${label} (${kind})`,
  });
  const energy = (key: string, label: string, of: ValueColumn['of'], isShown = true) =>
    isShown ? [column(key, label, 'kWh', of)] : [];
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
      ? [column('gas', words.gas, 'm³', (row) => row.gas_m3)]
      : []),
    ...(has.water ? [column('water', words.water, 'm³', (row) => row.water_m3)] : []),
    ...(answer.total.cost !== null ? [column('cost', words.cost, 'money', (row) => row.cost)] : []),
  ];
}

function timeText(row: BalanceRow, bucket: BucketPeriod, isOfDays: boolean, locale: Locale): string {
  const { startMs, endMs } = parseSpan(row);
  const name = bucketName(startMs, endMs, bucket, locale);
  return bucket === 'hour' && isOfDays ? `${formatInstant(startMs, 'day', locale)} ${name}` : name;
}

function valueCell(
  value: number | null,
  kind: ValueColumn['kind'],
  currency: string | null,
  language: string,
) {
  if (value === null) return { text: '', value };
  const text =
    kind === 'money'
      ? formatMoney(value, currency, language)
      : formatNumber(value, language, kind === 'kWh' ? 2 : 3);
  return { text, value };
}

/** The data quality of a row, which may still be running; instead whether there is no data yet or none at all. */
function qualityCell(
  row: Amounts,
  span: Span,
  presence: Presence,
  nowMs: number,
  t: Texts,
  language: string,
) {
  if (presence !== 'known') return { text: t.bars[presence] };
  const words: string[] = [t.quality[row.quality]];
  if (isIncomplete(row, span, nowMs)) words.push(t.bars.measured(formatShare(row.coverage, language)));
  if (contains(span, nowMs)) words.push(t.bars.running);
  return { text: words.join(', ') };
}

/** `before`: name of what it is compared with; null without a comparison. */
export function energyTable(
  answer: BalanceAnswer,
  bucket: BucketPeriod,
  before: string | null,
  nowMs: number,
  t: Texts,
  locale: Locale,
): EnergyTable {
  const { total, currency } = answer;
  const values = valueColumns(answer, before, t.energy);
  const others = pairedRows(answer);
  const isOfDays = answer.rows.length > 25;
  const cellsOf = (row: Amounts, other: Amounts | null, span: Span, presence: Presence): Cell[] => [
    ...values.map(({ of, kind }) => valueCell(of(row, other), kind, currency, locale.language)),
    qualityCell(row, span, presence, nowMs, t, locale.language),
  ];
  const rows = answer.rows.map((row, index): TableRow => {
    const span = parseSpan(row);
    const presence = presenceOf(row.home_kwh !== null || row.grid_in_kwh !== null, span.endMs, nowMs);
    return {
      key: row.start,
      cells: [
        { text: timeText(row, bucket, isOfDays, locale) },
        ...cellsOf(row, others[index] ?? null, span, presence),
      ],
    };
  });
  const totalPresence = total.home_kwh === null ? 'missing' : 'known';
  return {
    columns: [
      { key: 'time', label: t.energy.columns.time[bucket], isNumber: false },
      ...values,
      { key: 'quality', label: t.energy.columns.quality, isNumber: false },
    ],
    rows,
    total: {
      key: 'total',
      cells: [
        { text: t.table.total },
        ...cellsOf(total, answer.comparison?.total ?? null, parseSpan(answer.time_range), totalPresence),
      ],
    },
  };
}
