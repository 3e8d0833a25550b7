/** Where the home's energy came from and went to: sentence, cards, bars and table, all from one answer. */
import { mdiCalendarClock, mdiChartBar, mdiHomeLightningBoltOutline } from '@mdi/js';
import { useMemo } from 'preact/hooks';
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { api } from '../../api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty, ToSettings } from '../../components/states.tsx';
import { UnknownSources } from '../../components/unknown-sources.tsx';
import { type Compare, comparisons } from '../../hash.ts';
import { bucketPeriodOf } from '../../period/buckets.ts';
import { shownPeriod } from '../../period/period-control.tsx';
import { type PeriodAnswer, usePeriodAnswer } from '../../state/followed.ts';
import { isImporting, locale } from '../../state/home.ts';
import { navigate, route } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';
import { EnergyChart } from './energy-chart.tsx';
import { energyTable } from './energy-table.ts';
import { FigureCards } from './figure-cards.tsx';
import { missingSources, otherName, sentenceOf } from './sentence.ts';

/** A balance and whether the user asked for its comparison; the sentence always has one. */
interface ComparedBalance {
  readonly balance: BalanceAnswer;
  readonly compare: Compare;
}

function CompareControl() {
  const t = texts().energy.compare;
  const { compare } = route.value;
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
            onClick={() => compare !== one && navigate({ compare: one })}
          >
            {t[one]}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function Shown({ shown, isLoading }: { shown: PeriodAnswer<ComparedBalance>; isLoading: boolean }) {
  const t = texts();
  const { period, atMs } = shown;
  const { balance: answer, compare } = shown.answer;
  const bucket = bucketPeriodOf(period);
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
      <UnknownSources sources={missingSources(answer, atMs)} />
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
  const { compare } = route.value;
  const followed = usePeriodAnswer(period, compare, async (span, signal): Promise<ComparedBalance> => {
    // The sentence always compares with the period before.
    const query = { period: bucketPeriodOf(period), compare: compare === 'none' ? 'previous' : compare };
    return { balance: await api.balance(span, query, signal), compare };
  });
  const { shown, isLoading } = followed;
  const has = shown?.answer.balance.has;
  const isEmpty = has && !(has.grid || has.solar || has.battery || has.gas || has.water);
  return (
    <FollowedPage
      followed={followed}
      skeletonHeight={520}
      controls={<CompareControl />}
      empty={
        isEmpty && (
          <Empty icon={mdiHomeLightningBoltOutline} title={t.energy.empty} action={<ToSettings />}>
            {t.energy.emptyWhat}
          </Empty>
        )
      }
    >
      {shown !== null && <Shown shown={shown} isLoading={isLoading} />}
    </FollowedPage>
  );
}
