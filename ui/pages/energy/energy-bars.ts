/** The balance as bars: above the line what the home used and its sources, below it what left the home. Pure. */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import type { Bar, BarSeries } from '../../chart/bars.ts';
import { barLook, isIncomplete, presenceOf } from '../../chart/data-quality.ts';
import { contains, parseSpan } from '../../period/period.ts';
import type { Texts } from '../../texts/en.ts';
import { type AmountKey, type BalanceRow, pairedRows } from './comparison.ts';

export interface EnergySeries extends BarSeries {
  readonly amount: AmountKey;
}

/** The series that this home has, from the line outwards. */
export function energySeries({ has }: BalanceAnswer, t: Texts['energy']['chart']): EnergySeries[] {
  const series: (EnergySeries | false)[] = [
    has.solar && {
      key: 'fromSolar',
      label: t.fromSolar,
      colour: 'solar',
      side: 'above',
      amount: 'solar_to_home_kwh',
    },
    has.battery && {
      key: 'fromBattery',
      label: t.fromBattery,
      colour: 'battery-out',
      side: 'above',
      amount: 'battery_to_home_kwh',
    },
    has.grid && {
      key: 'fromGrid',
      label: t.fromGrid,
      colour: 'grid-in',
      side: 'above',
      amount: 'grid_to_home_kwh',
    },
    has.battery && {
      key: 'toBattery',
      label: t.toBattery,
      colour: 'battery-in',
      side: 'below',
      amount: 'battery_in_kwh',
    },
    has.grid &&
      (has.solar || has.battery) && {
        key: 'toGrid',
        label: t.toGrid,
        colour: 'grid-out',
        side: 'below',
        amount: 'grid_out_kwh',
      },
  ];
  return series.filter((one) => one !== false);
}

/** Offtake less injection, kWh; null when the offtake is not known. */
export function gridBalance(row: Pick<BalanceRow, 'grid_in_kwh' | 'grid_out_kwh'>): number | null {
  return row.grid_in_kwh === null ? null : row.grid_in_kwh - (row.grid_out_kwh ?? 0);
}

/** What went into the battery and to the grid, kWh; null when neither is known. */
export function leftHome(row: Pick<BalanceRow, 'battery_in_kwh' | 'grid_out_kwh'>): number | null {
  if (row.battery_in_kwh === null && row.grid_out_kwh === null) return null;
  return (row.battery_in_kwh ?? 0) + (row.grid_out_kwh ?? 0);
}

export function energyBars(
  answer: BalanceAnswer,
  series: readonly EnergySeries[],
  isCompared: boolean,
  nowMs: number,
): Bar[] {
  const others = pairedRows(answer);
  const hasBalance = series.some(({ key }) => key === 'toGrid');
  return answer.rows.map((row, index): Bar => {
    const span = parseSpan(row);
    const values = series.map(({ amount }) => row[amount]);
    const other = others[index] ?? null;
    const isKnown = values.some((value) => value !== null);
    return {
      ...span,
      values,
      look: barLook(row.quality),
      presence: presenceOf(isKnown, span.endMs, nowMs),
      isIncomplete: isKnown && isIncomplete(row, span, nowMs),
      isRunning: contains(span, nowMs),
      mark: hasBalance && isKnown ? gridBalance(row) : null,
      before: isCompared && other !== null ? { above: other.home_kwh, below: leftHome(other) } : null,
    };
  });
}
