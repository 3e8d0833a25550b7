/** The bars, what they mean, and what the one that is pointed at says. */
import { useMemo } from 'preact/hooks';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { BarChart } from '../../chart/bar-chart.tsx';
import { bucketName } from '../../chart/bar-labels.ts';
import { BarLegend, Swatch } from '../../chart/bar-legend.tsx';
import { formatPeriod } from '../../format/instants.ts';
import { asText, formatShare, showEnergy } from '../../format/numbers.ts';
import { type BucketPeriod, periodOfBucket } from '../../period/buckets.ts';
import { dateAt, type Period, rangeOf } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { go } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { energyBars, energySeries, gridBalance, leftHome } from './energy-bars.ts';

export interface EnergyChartProps {
  readonly answer: BalanceAnswer;
  readonly period: Period;
  readonly bucket: BucketPeriod;
  /** What it is compared with, by name; null when it is not. */
  readonly before: string | null;
  readonly nowMs: number;
}

export function EnergyChart({ answer, period, bucket, before, nowMs }: EnergyChartProps) {
  const t = texts();
  const words = t.energy.chart;
  const { language, zone } = locale.value;
  const series = useMemo(() => energySeries(answer, words), [answer, words]);
  const bars = useMemo(
    () => energyBars(answer, series, before !== null, nowMs),
    [answer, series, before, nowMs],
  );
  const amount = (value: number) => asText(showEnergy(value, language));
  const disagreement = answer.total.unexplained_kwh ?? 0;
  const hasBalance = series.some(({ key }) => key === 'toGrid');

  const readout = (index: number) => {
    const [bar, row] = [bars[index], answer.rows[index]];
    if (bar === undefined || row === undefined) return null;
    const balance = gridBalance(row);
    const left = leftHome(row);
    return (
      <>
        <strong>{bucketName(bar.startMs, bar.endMs, bucket, locale.value)}</strong>
        {bar.presence !== 'known' && <span class="quiet">{t.bars[bar.presence]}</span>}
        {row.home_kwh !== null && (
          <span>
            {words.home} <b>{amount(row.home_kwh)}</b>
            {bar.isRunning ? ` ${t.bars.running}` : ''}
          </span>
        )}
        {series.map(({ key, label, colour }, place) => {
          const value = bar.values[place] ?? null;
          return value === null || value === 0 ? null : (
            <span key={key}>
              <Swatch colour={`var(--${colour}-mark)`} /> {label} {amount(value)}
            </span>
          );
        })}
        {left !== null && left > 0 && series.filter(({ side }) => side === 'below').length > 1 && (
          <span>
            {words.left} {amount(left)}
          </span>
        )}
        {hasBalance && balance !== null && (
          <span>
            {words.balance} {amount(balance)}
          </span>
        )}
        {before !== null && bar.before !== null && (
          <span class="quiet">
            {bar.before.above === null ? t.bars.missing : amount(bar.before.above)} {before}
          </span>
        )}
        {bar.presence === 'known' && (bar.look !== 'solid' || bar.isIncomplete) && (
          <span class="quiet">
            {t.quality[row.quality]}
            {bar.isIncomplete ? `, ${t.bars.measured(formatShare(row.coverage, language))}` : ''}
          </span>
        )}
      </>
    );
  };

  const open = (index: number) => {
    const next = periodOfBucket(bucket, bars[index]?.startMs ?? 0, zone);
    if (next !== null) go({ period: next, zoom: null });
  };
  const select = (first: number, last: number) => {
    const [from, to] = [bars[first], bars[last]];
    if (from === undefined || to === undefined) return;
    go({ period: rangeOf(dateAt(from.startMs, zone), dateAt(to.endMs - 1, zone)), zoom: null });
  };
  const canOpen = bucket !== 'hour';
  return (
    <section class="card" aria-labelledby="energy-chart-title">
      <header>
        <h2 id="energy-chart-title">{words.title}</h2>
      </header>
      <BarChart
        bars={bars}
        series={series}
        unit="kWh"
        period={bucket}
        locale={locale.value}
        name={words.name(formatPeriod(period, language), 'kWh')}
        readout={readout}
        onOpen={canOpen ? open : null}
        openName={(index) =>
          bucketName(bars[index]?.startMs ?? 0, bars[index]?.endMs ?? 0, bucket, locale.value)
        }
        onSelect={canOpen ? select : null}
      />
      <BarLegend bars={bars} series={series}>
        {hasBalance && (
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
      {disagreement > Math.max(0.05, (answer.total.home_kwh ?? 0) * 0.01) && (
        <p class="quiet curve-note" data-unexplained={disagreement}>
          {words.unexplained(amount(disagreement))}
        </p>
      )}
    </section>
  );
}
