/** The home now: a sentence, the power flows, the devices by power, what the meters counted today. */
import { mdiHomeLightningBoltOutline, mdiPlaylistPlus } from '@mdi/js';
import { Empty, ToSettings, WaitingPage } from '../../components/states.tsx';
import { locale, now, settings } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { DevicesNow } from './devices-now.tsx';
import { MetersToday } from './meters-today.tsx';
import { PowerPicture } from './power-picture.tsx';
import { sentenceOf } from './sentence.ts';

export function NowPage() {
  const t = texts();
  const { data, problem } = now.state.value;
  if (data === null)
    return <WaitingPage heights={[64, 360]} problem={problem} onRetry={() => void now.refresh()} />;
  if (data.entities.length === 0) {
    const isUnset = settings.data?.settings.source === 'none';
    return (
      <section class="card">
        {isUnset ? (
          <Empty icon={mdiHomeLightningBoltOutline} title={t.now.noHomeAssistant} action={<ToSettings />}>
            {t.now.noHomeAssistantWhat}
          </Empty>
        ) : (
          <Empty icon={mdiPlaylistPlus} title={t.now.nothingTracked} action={<ToSettings />}>
            {t.now.nothingTrackedWhat}
          </Empty>
        )}
      </section>
    );
  }
  return (
    <>
      <div class="answer">
        <h1>{sentenceOf(data, t, locale.value.language)}</h1>
      </div>
      <div class="now-grid">
        <PowerPicture now={data} />
        <DevicesNow now={data} />
        <MetersToday now={data} />
      </div>
    </>
  );
}
