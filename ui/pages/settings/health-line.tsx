/** Whether all parts are well, in a line; what they say themselves is on the Health page. */
import { mdiAlertCircle, mdiCheckCircleOutline } from '@mdi/js';
import type { Status } from '../../../src/schemas/status.ts';
import { Icon } from '../../components/icon.tsx';
import { locale, nowMs } from '../../state/home.ts';
import { pageAddress } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { partsOf } from '../health/parts.ts';

export function HealthLine({ status }: { status: Status }) {
  const all = texts();
  const t = all.settings.health;
  const wrong = partsOf(status, all.health.parts, locale.value, nowMs.peek()).filter(({ isOk }) => !isOk);
  const isOk = wrong.length === 0;
  return (
    <section class="card" aria-labelledby="health-title" data-health={isOk ? 'ok' : 'wrong'}>
      <header>
        <h2 id="health-title">{t.title}</h2>
        <a class="button" href={pageAddress('health')}>
          {t.open}
        </a>
      </header>
      <p class={`note ${isOk ? 'is-success' : 'is-error'}`}>
        <Icon path={isOk ? mdiCheckCircleOutline : mdiAlertCircle} />
        {isOk ? t.ok : t.wrong(wrong.map(({ name }) => name).join(', '))}
      </p>
    </section>
  );
}
