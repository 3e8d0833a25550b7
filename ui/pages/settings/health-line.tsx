/** Whether all parts are well, in one line; the details are on the Health page. */

import { mdiAlertCircle, mdiCheckCircleOutline } from '@mdi/js';
import type { Status } from '../../../src/schemas/status.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { locale, nowMs } from '../../state/home.ts';
import { pageAddress } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';
import { partsOf } from '../health/parts.ts';

export function HealthLine({ status }: { status: Status }) {
  const all = texts();
  const t = all.settings.health;
  const wrong = partsOf(status, all.health.parts, locale.value, nowMs.peek()).filter(({ isOk }) => !isOk);
  const isOk = wrong.length === 0;
  return (
    <Card
      id="health"
      title={t.title}
      tools={
        <a class="button" href={pageAddress('health')}>
          {t.open}
        </a>
      }
      data-health={isOk ? 'ok' : 'wrong'}
    >
      <p class={`note ${isOk ? 'is-success' : 'is-error'}`}>
        <Icon path={isOk ? mdiCheckCircleOutline : mdiAlertCircle} />
        {isOk ? t.ok : t.wrong(wrong.map(({ name }) => name).join(', '))}
      </p>
    </Card>
  );
}
