/** Where the home's energy came from and went to: a sentence, cards, bars and a table, all from one answer. */
import { mdiCalendarClock, mdiChartBar, mdiHomeLightningBoltOutline } from '@mdi/js';
import { useMemo } from 'preact/hooks';
import type { BalanceAnswer } from '../../../src/contract/balance.ts';
import { api } from '../../api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Empty, Problem, Skeleton, StaleNote } from '../../components/states.tsx';
import { type Compare, comparisons } from '../../hash.ts';
import { type BucketPeriod, bucketPeriodOf } from '../../period/buckets.ts';
import { type Period, periodToParams, spanOf } from '../../period/period.ts';
import { PeriodControl, shownPeriod } from '../../period/period-control.tsx';
import { useFollowed } from '../../state/followed.ts';
import { isImporting, locale, nowMs } from '../../state/home.ts';
import { go, pageAddress, place } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { EnergyChart } from './energy-chart.tsx';
import { energyTable } from './energy-table.ts';
import { FigureCards } from './figure-cards.tsx';
import { otherName, sentenceOf } from './sentence.ts';

/** An answer with the question it belongs to, so that an old picture keeps its own names while a new one is on its way. */
interface Answered {
  readonly key: string;
  readonly answer: BalanceAnswer;
  readonly period: Period;
  readonly bucket: BucketPeriod;
  readonly compare: Compare;
  readonly atMs: number;
}

const runningEveryMs = 60_000;

function CompareControl() {
  const t = texts().energy.compare;
  const { compare } = place.value;
  return (
    <div class="row compare">
      <span class="quiet" id="compare-label">
        {t.label}
      </span>
      <fieldset class="segments" aria-labelledby="compare-label">
        {comparisons.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={compare === one}
            data-compare={one}
            onClick={() => compare !== one && go({ compare: one })}
          >
            {t[one]}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function Shown({ shown, isLoading }: { shown: Answered; isLoading: boolean }) {
  const t = texts();
  const { answer, period, bucket, compare, atMs } = shown;
  const before =
    compare === 'none' || answer.comparison === null
      ? null
      : otherName(answer, period, atMs, t.energy, locale.value);
  const table = useMemo(
    () => energyTable(answer, bucket, before, atMs, t, locale.value),
    [answer, bucket, before, atMs, t],
  );
  const isNothing = answer.rows.every(
    (row) => row.home_kwh === null && row.grid_in_kwh === null && row.solar_kwh === null,
  );
  const isFuture = Date.parse(answer.time_range.start) > atMs;
  return (
    <div class={`stack${isLoading ? ' is-dimmed' : ''}`} data-loading={isLoading}>
      <div class="answer">
        <h1>{sentenceOf(answer, period, atMs, t, locale.value)}</h1>
      </div>
      {isNothing ? (
        <section class="card">
          {isFuture ? (
            <Empty icon={mdiCalendarClock} title={t.energy.future} />
          ) : (
            <Empty icon={mdiChartBar} title={t.energy.emptyPeriod}>
              {isImporting() ? t.energy.importing : t.energy.emptyPeriodWhat}
            </Empty>
          )}
        </section>
      ) : (
        <>
          <FigureCards answer={answer} isCompared={before !== null} nowMs={atMs} />
          <EnergyChart answer={answer} period={period} bucket={bucket} before={before} nowMs={atMs} />
          <DataTable title={t.energy.table} {...table} />
        </>
      )}
    </div>
  );
}

export function EnergyPage() {
  const t = texts();
  const period = shownPeriod();
  const { compare } = place.value;
  const span = spanOf(period, locale.value.zone);
  const bucket = bucketPeriodOf(period);
  const isRunning = nowMs.value < span.endMs + runningEveryMs && nowMs.value >= span.startMs;
  const key = JSON.stringify([periodToParams(period), span, compare]);
  const resource = useFollowed<Answered>(
    key,
    async (signal) => {
      const answer = await api.balance(
        {
          start_time: new Date(span.startMs).toISOString(),
          end_time: new Date(span.endMs).toISOString(),
          period: bucket,
          // The sentence always has the period before to hold it against.
          compare: compare === 'none' ? 'previous' : compare,
        },
        signal,
      );
      return { key, answer, period, bucket, compare, atMs: nowMs.peek() };
    },
    isRunning ? runningEveryMs : null,
  );
  const { data, problem, isLoading } = resource.state.value;
  const has = data?.answer.has;
  const hasNothing = has !== undefined && !has.grid && !has.solar && !has.battery && !has.gas && !has.water;
  if (data === null)
    return problem === null ? (
      <div class="stack">
        <Skeleton height={44} />
        <Skeleton height={520} />
      </div>
    ) : (
      <section class="card">
        <Problem problem={problem} onRetry={() => void resource.refresh()} />
      </section>
    );
  if (hasNothing)
    return (
      <section class="card">
        <Empty
          icon={mdiHomeLightningBoltOutline}
          title={t.energy.empty}
          action={
            <a class="button is-main" href={pageAddress('settings')}>
              {t.now.toSettings}
            </a>
          }
        >
          {t.energy.emptyWhat}
        </Empty>
      </section>
    );
  return (
    <>
      <div class="ledger-controls">
        <PeriodControl />
        <CompareControl />
      </div>
      {problem !== null && data.key !== key ? (
        // What was known of another period is no answer to this one.
        <section class="card">
          <Problem problem={problem} onRetry={() => void resource.refresh()} />
        </section>
      ) : (
        <>
          <StaleNote problem={problem} />
          <Shown shown={data} isLoading={isLoading} />
        </>
      )}
    </>
  );
}
