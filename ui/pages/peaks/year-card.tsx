/** The peaks of twelve months as bars with the floor, and the same as a table. */
import { useMemo } from 'preact/hooks';
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { BarChart } from '../../chart/bar-chart.tsx';
import { bucketName } from '../../chart/bar-labels.ts';
import { BarLegend, Swatch } from '../../chart/bar-legend.tsx';
import type { Bar, BarSeries } from '../../chart/bars.ts';
import { presenceOf } from '../../chart/grounds.ts';
import { DataTable } from '../../components/data-table.tsx';
import { formatInstant } from '../../format/instants.ts';
import { asText, formatShare, showPower } from '../../format/numbers.ts';
import { dateAt, parseDate, periodAround, spanOf } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { go } from '../../state/place.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

type Month = CapacityMonth['rolling_12_month_w'][number];

/** A bar for each of the twelve months, in kW; null where no quarter was measured. */
export function yearBars(months: CapacityMonth['rolling_12_month_w'], nowMs: number, zone: string): Bar[] {
  return months.flatMap(({ month, peak_w: peakW }): Bar[] => {
    const date = parseDate(month);
    if (date === null) return [];
    const { startMs, endMs } = spanOf(periodAround('month', date), zone);
    return [
      {
        startMs,
        endMs,
        values: [peakW === null ? null : peakW / 1000],
        look: 'solid',
        presence: presenceOf(peakW !== null, endMs, nowMs),
        isIncomplete: false,
        isRunning: startMs <= nowMs && nowMs < endMs,
        mark: null,
        before: null,
      },
    ];
  });
}

/** The peak; where an hour proves a higher one, or none was measured, what it lies between. */
function peakText(
  { peak_w: peakW, at_least_w: leastW, at_most_w: mostW }: Month,
  t: Texts['peaks'],
  power: (watts: number) => string,
): string {
  if (peakW !== null && (leastW === null || leastW <= peakW)) return power(peakW);
  if (leastW === null) return t.notMeasured;
  return mostW === null ? t.least(power(leastW)) : t.bounds(power(leastW), power(mostW));
}

export function YearCard({ answer, nowMs }: { answer: CapacityMonth; nowMs: number }) {
  const all = texts();
  const t = all.peaks;
  const { language, zone } = locale.value;
  const power = (watts: number) => asText(showPower(watts, language));
  const months = answer.rolling_12_month_w;
  const bars = useMemo(() => yearBars(months, nowMs, zone), [months, nowMs, zone]);
  const series = useMemo(
    (): BarSeries[] => [{ key: 'peak', label: t.yearSeries, colour: 'grid-in', side: 'above' }],
    [t],
  );
  const levels = useMemo(() => [answer.floor_w / 1000], [answer.floor_w]);
  const nameOf = (index: number) =>
    bucketName(bars[index]?.startMs ?? 0, bars[index]?.endMs ?? 0, 'month', locale.value);
  const when = (ts: string | null) =>
    ts === null ? '' : formatInstant(Date.parse(ts), 'moment', locale.value);
  return (
    <div class="peak-pair">
      <section class="card" aria-labelledby="year-title">
        <header>
          <h2 id="year-title">{t.yearTitle}</h2>
        </header>
        <BarChart
          bars={bars}
          series={series}
          levels={levels}
          unit="kW"
          period="month"
          locale={locale.value}
          name={t.yearName(power(answer.floor_w))}
          readout={(index) => (
            <>
              <strong>{nameOf(index)}</strong>
              {months[index]?.peak_w == null ? (
                <span class="quiet">
                  {bars[index]?.presence === 'future' || months[index] === undefined
                    ? all.bars.future
                    : peakText(months[index], t, power)}
                </span>
              ) : (
                <>
                  <span>{power(months[index]?.peak_w ?? 0)}</span>
                  <span class="quiet">{when(months[index]?.peak_ts ?? null)}</span>
                </>
              )}
            </>
          )}
          onOpen={(index) =>
            go({ period: periodAround('month', dateAt(bars[index]?.startMs ?? 0, zone)), zoom: null })
          }
          openName={nameOf}
          onSelect={null}
        />
        <BarLegend bars={bars} series={series} missing={t.notMeasured}>
          <li>
            <Swatch colour="var(--text)" kind="level" />
            {t.yearFloor(power(answer.floor_w))}
          </li>
        </BarLegend>
      </section>
      <DataTable
        title={t.yearTable}
        columns={[
          { key: 'month', label: t.yearColumns.month, isNumber: false },
          { key: 'peak', label: t.yearColumns.peak, isNumber: true },
          { key: 'counted', label: t.yearColumns.counted, isNumber: true },
          { key: 'when', label: t.yearColumns.when, isNumber: false },
          { key: 'measured', label: t.yearColumns.measured, isNumber: true },
        ]}
        rows={months.map((one, index) => ({
          key: one.month,
          cells: [
            { text: nameOf(index) },
            { text: peakText(one, t, power), value: one.peak_w },
            {
              text: one.counted_w === null ? '' : power(one.counted_w),
              value: one.counted_w,
            },
            { text: when(one.peak_ts) },
            { text: one.coverage === null ? '' : formatShare(one.coverage, language), value: one.coverage },
          ],
        }))}
      />
    </div>
  );
}
