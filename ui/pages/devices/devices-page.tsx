/** What each device used in a period, which device contains it, and what no device meters. */
import { mdiPowerPlugOffOutline } from '@mdi/js';
import { api } from '../../api.ts';
import { FollowedPage } from '../../components/followed-page.tsx';
import { Empty, ToSettings } from '../../components/states.tsx';
import { shownPeriod } from '../../period/period-control.tsx';
import { usePeriodAnswer } from '../../state/followed.ts';
import { locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { DeviceList } from './device-list.tsx';
import { sentenceOf } from './sentence.ts';

export function DevicesPage() {
  const t = texts();
  const followed = usePeriodAnswer(shownPeriod(), 'devices', (span, signal) => api.devices(span, signal));
  const { shown, isLoading } = followed;
  return (
    <FollowedPage
      followed={followed}
      skeletonHeight={480}
      empty={
        shown?.answer.devices.length === 0 && (
          <Empty icon={mdiPowerPlugOffOutline} title={t.devices.empty} action={<ToSettings />}>
            {t.devices.emptyWhat}
          </Empty>
        )
      }
    >
      {shown !== null && (
        <div class={isLoading ? 'is-dimmed' : ''} data-loading={isLoading}>
          <div class="answer">
            <h1>{sentenceOf(shown.answer, shown.period, shown.atMs, t.devices, locale.value)}</h1>
          </div>
          <DeviceList answer={shown.answer} />
        </div>
      )}
    </FollowedPage>
  );
}
