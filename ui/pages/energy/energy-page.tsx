/** Where the home's energy came from and went to: a sentence, cards, bars and a table, all from one answer. */
import { mdiCalendarClock, mdiChartBar, mdiHomeLightningBoltOutline } from '@mdi/js';
import { useMemo } from 'preact/hooks';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { api } from '../../api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty, ToSettings } from '../../components/states.tsx';
import { UnknownSources } from '../../components/unknown-sources.tsx';
import { type Compare, comparisons } from '../../hash.ts';
import { type BucketPeriod, bucketPeriodOf } from '../../period/buckets.ts';
import { type Period, periodToParams, spanOf } from '../../period/period.ts';
import { PeriodControl, shownPeriod } from '../../period/period-control.tsx';
import { paceOf, useFollowed } from '../../state/followed.ts';
import { isImporting, locale, nowMs } from '../../state/home.ts';
import { go, place } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { EnergyChart } from './energy-chart.tsx';
import { energyTable } from './energy-table.ts';
import { FigureCards } from './figure-cards.tsx';
import { lackingIn, otherName, sentenceOf } from './sentence.ts';

/** An answer with the question it belongs to, so that an old picture keeps its own names while a new one is on its way. */
interface Answered {
  readonly key: string;
  readonly answer: BalanceAnswer;
  readonly period: Period;
  readonly bucket: BucketPeriod;
  readonly compare: Compare;
  readonly atMs: number;
}

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
      <UnknownSources sources={lackingIn(answer, atMs)} />
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
    paceOf(span, nowMs.value),
  );
  return (
    <FollowedPage
      resource={resource}
      question={key}
      skeletonHeight={520}
      controls={
        <>
          <PeriodControl />
          <CompareControl />
        </>
      }
      empty={({ answer: { has } }) =>
        has.grid || has.solar || has.battery || has.gas || has.water ? null : (
          <Empty icon={mdiHomeLightningBoltOutline} title={t.energy.empty} action={<ToSettings />}>
            {t.energy.emptyWhat}
          </Empty>
        )
      }
    >
      {(shown, isLoading) => <Shown shown={shown} isLoading={isLoading} />}
    </FollowedPage>
  );
}
