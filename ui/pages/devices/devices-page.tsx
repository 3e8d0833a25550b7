/** What each device used in a period, what it is part of, and what no device meters. */
import { mdiPowerPlugOffOutline } from '@mdi/js';
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';
import { api } from '../../api.ts';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty, ToSettings } from '../../components/states.tsx';
import { type Period, periodToParams, spanOf } from '../../period/period.ts';
import { PeriodControl, shownPeriod } from '../../period/period-control.tsx';
import { paceOf, useFollowed } from '../../state/followed.ts';
import { locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { DeviceList } from './device-list.tsx';
import { sentenceOf } from './sentence.ts';

interface Answered {
  readonly key: string;
  readonly answer: DevicesAnswer;
  readonly period: Period;
  readonly atMs: number;
}

export function DevicesPage() {
  const t = texts();
  const period = shownPeriod();
  const span = spanOf(period, locale.value.zone);
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
    paceOf(span, nowMs.value),
  );
  return (
    <FollowedPage
      resource={resource}
      question={key}
      skeletonHeight={480}
      controls={<PeriodControl />}
      empty={({ answer }) =>
        answer.devices.length > 0 ? null : (
          <Empty icon={mdiPowerPlugOffOutline} title={t.devices.empty} action={<ToSettings />}>
            {t.devices.emptyWhat}
          </Empty>
        )
      }
    >
      {({ answer, period: of, atMs }, isLoading) => (
        <div class={isLoading ? 'is-dimmed' : ''} data-loading={isLoading}>
          <div class="answer">
            <h1>{sentenceOf(answer, of, atMs, t.devices, locale.value)}</h1>
          </div>
          <DeviceList answer={answer} />
        </div>
      )}
    </FollowedPage>
  );
}
