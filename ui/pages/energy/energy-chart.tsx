/** The bars of the Energy page, their legend, and the readout of the bar under the cursor. */

import { useMemo } from 'preact/hooks';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { BarChart } from '../../chart/bar-chart.tsx';
import { bucketName } from '../../chart/bar-labels.ts';
import { BarLegend, Swatch } from '../../chart/bar-legend.tsx';
import type { Bar } from '../../chart/bars.ts';
import { Card } from '../../components/card.tsx';
import { formatPeriod } from '../../format/instants.ts';
import { formatEnergy, formatShare } from '../../format/numbers.ts';
import { type BucketPeriod, periodOfBucket } from '../../period/buckets.ts';
import { dateAt, type Period, rangeOf } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { navigate } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';
import type { BalanceRow } from './comparison.ts';
import { type EnergySeries, energyBars, energySeries, gridBalance, leftHome } from './energy-bars.ts';

interface EnergyChartProps {
  readonly answer: BalanceAnswer;
  readonly period: Period;
  readonly bucket: BucketPeriod;
  /** Name of what it is compared with; null without a comparison. */
  readonly before: string | null;
  readonly nowMs: number;
}

/** Less disagreement between meters than this is rounding. */
const leastDisagreementKwh = 0.05;

function amountText(kwh: number): string {
  return formatEnergy(kwh, locale.value.language);
}

export function EnergyChart({ answer, period, bucket, before, nowMs }: EnergyChartProps) {
  const t = texts();
  const words = t.energy.chart;
  const series = useMemo(() => energySeries(answer, words), [answer, words]);
  const bars = useMemo(
    () => energyBars(answer, series, before !== null, nowMs),
    [answer, series, before, nowMs],
  );
  const disagreement = answer.total.unexplained_kwh ?? 0;
  const canOpen = bucket !== 'hour';
  const readout = (index: number) => {
    const [bar, row] = [bars[index], answer.rows[index]];
    return bar === undefined || row === undefined ? null : (
      <Readout bar={bar} row={row} series={series} bucket={bucket} before={before} />
    );
  };
  return (
    <Card id="energy-chart" title={words.title}>
      <BarChart
        bars={bars}
        series={series}
        unit="kWh"
        period={bucket}
        locale={locale.value}
        name={words.name(formatPeriod(period, locale.value.language), 'kWh')}
        readout={readout}
        onOpen={canOpen ? (index) => openBucket(bars[index], bucket) : null}
        openName={(index) => nameOf(bars[index], bucket)}
        onSelect={canOpen ? (first, last) => openRange(bars[first], bars[last]) : null}
      />
      <BarLegend bars={bars} series={series}>
        {hasBalance(series) && (
          <li>
            <Swatch colour="var(--text)" kind="mark" />
            {words.balance}
          </li>
        )}
        {before !== null && (
          <li>
            <Swatch colour="var(--text-2-ink)" kind="before" />
            {before}
          </li>
        )}
      </BarLegend>
      {disagreement > Math.max(leastDisagreementKwh, (answer.total.home_kwh ?? 0) * 0.01) && (
        <p class="quiet curve-note" data-unexplained={disagreement}>
          {words.unexplained(amountText(disagreement))}
        </p>
      )}
    </Card>
  );
}

function hasBalance(series: readonly EnergySeries[]): boolean {
  return series.some(({ key }) => key === 'toGrid');
}

function nameOf(bar: Bar | undefined, bucket: BucketPeriod): string {
  return bucketName(bar?.startMs ?? 0, bar?.endMs ?? 0, bucket, locale.value);
}

function openBucket(bar: Bar | undefined, bucket: BucketPeriod): void {
  const next = periodOfBucket(bucket, bar?.startMs ?? 0, locale.value.zone);
  if (next !== null) navigate({ period: next, zoom: null });
}

function openRange(first: Bar | undefined, last: Bar | undefined): void {
  if (first === undefined || last === undefined) return;
  const { zone } = locale.value;
  navigate({ period: rangeOf(dateAt(first.startMs, zone), dateAt(last.endMs - 1, zone)), zoom: null });
}

interface ReadoutProps {
  readonly bar: Bar;
  readonly row: BalanceRow;
  readonly series: readonly EnergySeries[];
  readonly bucket: BucketPeriod;
  readonly before: string | null;
}

function Readout({ bar, row, series, bucket, before }: ReadoutProps) {
  const t = texts();
  const words = t.energy.chart;
  const balance = hasBalance(series) ? gridBalance(row) : null;
  const left = leftHome(row) ?? 0;
  const hasTwoBelow = series.filter(({ side }) => side === 'below').length > 1;
  const coverage = formatShare(row.coverage, locale.value.language);
  return (
    <>
      <strong>{nameOf(bar, bucket)}</strong>
      {bar.presence !== 'known' && <span class="quiet">{t.bars[bar.presence]}</span>}
      {row.home_kwh !== null && (
        <span>
          {words.home} <b>{amountText(row.home_kwh)}</b>
          {bar.isRunning ? ` ${t.bars.running}` : ''}
        </span>
      )}
      {series.map(({ key, label, colour }, index) => {
        const value = bar.values[index] ?? null;
        return value === null || value === 0 ? null : (
          <span key={key}>
            <Swatch colour={`var(--${colour}-mark)`} /> {label} {amountText(value)}
          </span>
        );
      })}
      {left > 0 && hasTwoBelow && (
        <span>
          {words.left} {amountText(left)}
        </span>
      )}
      {balance !== null && (
        <span>
          {words.balance} {amountText(balance)}
        </span>
      )}
      {before !== null && bar.before !== null && (
        <span class="quiet">
          {bar.before.above === null ? t.bars.missing : amountText(bar.before.above)} {before}
        </span>
      )}
      {bar.presence === 'known' && (bar.look !== 'solid' || bar.isIncomplete) && (
        <span class="quiet">
          {t.quality[row.quality]}
          {bar.isIncomplete ? `, ${t.bars.measured(coverage)}` : ''}
        </span>
      )}
    </>
  );
}
