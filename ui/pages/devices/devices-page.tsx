/** What each device used in a period, what it is part of, and what no device meters. */
import { mdiPowerPlugOffOutline } from '@mdi/js';
import type { DevicesAnswer } from '../../../src/contract/balance.ts';
import { api } from '../../api.ts';
import { Empty, Problem, Skeleton, StaleNote } from '../../components/states.tsx';
import { type Period, periodToParams, spanOf } from '../../period/period.ts';
import { PeriodControl, shownPeriod } from '../../period/period-control.tsx';
import { useFollowed } from '../../state/followed.ts';
import { locale, nowMs } from '../../state/home.ts';
import { pageAddress } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { DeviceList } from './device-list.tsx';
import { sentenceOf } from './sentence.ts';

interface Answered {
  readonly key: string;
  readonly answer: DevicesAnswer;
  readonly period: Period;
  readonly atMs: number;
}

const runningEveryMs = 60_000;

export function DevicesPage() {
  const t = texts();
  const period = shownPeriod();
  const span = spanOf(period, locale.value.zone);
  const isRunning = nowMs.value < span.endMs + runningEveryMs && nowMs.value >= span.startMs;
  const key = JSON.stringify([periodToParams(period), span]);
  const resource = useFollowed<Answered>(
    key,
    async (signal) => {
      const range = {
        start_time: new Date(span.startMs).toISOString(),
        end_time: new Date(span.endMs).toISOString(),
      };
      return { key, answer: await api.devices(range, signal), period, atMs: nowMs.peek() };
    },
    isRunning ? runningEveryMs : null,
  );
  const { data, problem, isLoading } = resource.state.value;
  if (data === null)
    return problem === null ? (
      <div class="stack">
        <Skeleton height={44} />
        <Skeleton height={480} />
      </div>
    ) : (
      <section class="card">
        <Problem problem={problem} onRetry={() => void resource.refresh()} />
      </section>
    );
  if (data.answer.devices.length === 0)
    return (
      <section class="card">
        <Empty
          icon={mdiPowerPlugOffOutline}
          title={t.devices.empty}
          action={
            <a class="button is-main" href={pageAddress('settings')}>
              {t.devices.toSettings}
            </a>
          }
        >
          {t.devices.emptyWhat}
        </Empty>
      </section>
    );
  return (
    <>
      <div class="ledger-controls">
        <PeriodControl />
      </div>
      {problem !== null && data.key !== key ? (
        <section class="card">
          <Problem problem={problem} onRetry={() => void resource.refresh()} />
        </section>
      ) : (
        <>
          <StaleNote problem={problem} />
          <div class={isLoading ? 'is-dimmed' : ''} data-loading={isLoading}>
            <div class="answer">
              <h1>{sentenceOf(data.answer, data.period, data.atMs, t.devices, locale.value)}</h1>
            </div>
            <DeviceList answer={data.answer} />
          </div>
        </>
      )}
    </>
  );
}
