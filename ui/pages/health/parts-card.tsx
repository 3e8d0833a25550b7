/** The state of each part, and what was not recorded and why. */

import { mdiAlertCircle, mdiCheckCircleOutline } from '@mdi/js';
import type { Status } from '../../../src/schemas/status.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatAge, formatInstant, type Locale } from '../../format/instants.ts';
import { formatCount } from '../../format/numbers.ts';
import { entities, locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { partsOf } from './parts.ts';

function Rejected({ status, locale }: { status: Status; locale: Locale }) {
  const t = texts().health.rejected;
  const { recorder } = status;
  const reasons = Object.entries(recorder.rejected)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const { language } = locale;
  if (total === 0) return recorder.readings_received === 0 ? null : <p class="quiet rejected">{t.none}</p>;
  const last = recorder.last_rejection;
  const name = entities.data?.find((entity) => entity.entity_id === last?.entity_id)?.friendly_name;
  return (
    <details class="rejected">
      <summary data-rejected={total}>{t.title(formatCount(total, language), total === 1)}</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.reason}</th>
            <th scope="col" class="number">
              {t.count}
            </th>
          </tr>
        </thead>
        <tbody>
          {reasons.map(([reason, count]) => (
            <tr key={reason}>
              <td>{reason.replaceAll('_', ' ')}</td>
              <td class="number">{formatCount(count, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {last !== null && (
        <p class="quiet">
          {t.last(name ?? last.entity_id, last.state, formatInstant(last.timestamp, 'fullMoment', locale))}
        </p>
      )}
    </details>
  );
}

export function PartsCard({ status }: { status: Status }) {
  const t = texts().health.parts;
  const { discovery } = status;
  return (
    <Card id="parts" title={t.title}>
      <ul class="parts">
        {partsOf(status, t, locale.value, nowMs.value).map(({ key, name, isOk, detail, facts }) => (
          <li key={key} data-part={key} data-ok={isOk}>
            <Icon
              path={isOk ? mdiCheckCircleOutline : mdiAlertCircle}
              label={isOk ? t.ok : t.notOk}
              class={isOk ? 'is-ok' : 'is-wrong'}
            />
            <div>
              <strong>{name}</strong>
              {detail !== null && <p class="part-detail">{detail}</p>}
              {facts.length > 0 && <p class="quiet">{facts.join(' · ')}</p>}
            </div>
          </li>
        ))}
      </ul>
      {discovery.missing.length > 0 && (
        <div class="quiet missing">
          <p>{t.missing}</p>
          <ul>
            {discovery.missing.map((id) => (
              <li key={id}>
                <code>{id}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Rejected status={status} locale={locale.value} />
      <p class="quiet">
        {t.version(status.version, formatAge(status.uptime_seconds * 1000, locale.value.language))}
      </p>
    </Card>
  );
}
