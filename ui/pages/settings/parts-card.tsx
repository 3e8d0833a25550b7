/** Each part's state in words, and what was not recorded and why. */
import { mdiAlertCircle, mdiCheckCircleOutline } from '@mdi/js';
import type { Status } from '../../../src/contract/status.ts';
import { Icon } from '../../components/icon.tsx';
import { formatAge, formatInstant, type Locale } from '../../format/instants.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { entities, locale, nowMs } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

interface Line {
  readonly part: keyof Texts['settings']['parts'] & string;
  readonly name: string;
  readonly isOk: boolean;
  readonly detail: string | null;
  readonly facts: readonly string[];
}

function linesOf(status: Status, t: Texts['settings']['parts'], locale: Locale, atMs: number): Line[] {
  const { language } = locale;
  const count = (value: number) => formatCount(value, language);
  const when = (iso: string) => formatInstant(Date.parse(iso), 'moment', locale);
  const { home_assistant: home, recorder, questdb, mongodb, spool, backfill, discovery } = status;
  return [
    {
      part: 'home_assistant',
      name: t.home_assistant,
      isOk: home.ok,
      detail: home.detail,
      facts:
        home.version !== null && home.connected_since !== null
          ? [t.connectedSince(home.version, when(home.connected_since))]
          : [],
    },
    {
      part: 'recorder',
      name: t.recorder,
      isOk: recorder.ok,
      detail: recorder.detail,
      facts: [
        recorder.last_reading_at === null
          ? t.noReading
          : t.newest(formatAge(atMs - Date.parse(recorder.last_reading_at), language)),
        t.stored(count(recorder.readings_stored), count(recorder.queue_length)),
      ],
    },
    {
      part: 'questdb',
      name: t.questdb,
      isOk: questdb.ok,
      detail: questdb.detail,
      facts: questdb.ok ? [t.answers] : [],
    },
    {
      part: 'mongodb',
      name: t.mongodb,
      isOk: mongodb.ok,
      detail: mongodb.detail,
      facts: mongodb.ok ? [t.answers] : [],
    },
    {
      part: 'spool',
      name: t.spool,
      isOk: spool.ok,
      detail: spool.detail,
      facts: [
        spool.readings === 0
          ? t.spoolEmpty
          : t.spoolHolds(
              count(spool.readings),
              formatBytes(spool.bytes, language),
              formatBytes(spool.limit_bytes, language),
            ),
      ],
    },
    {
      part: 'backfill',
      name: t.backfill,
      isOk: backfill.ok,
      detail: backfill.detail,
      facts: [
        backfill.running
          ? t.running
          : backfill.last_finished_at === null
            ? t.neverRun
            : t.lastRun(when(backfill.last_finished_at)),
      ],
    },
    {
      part: 'discovery',
      name: t.discovery,
      isOk: discovery.ok,
      detail: discovery.detail,
      facts: [
        discovery.last_run_at === null
          ? t.neverRun
          : t.found(count(discovery.entities_found), when(discovery.last_run_at)),
      ],
    },
  ];
}

function Rejected({ status, locale }: { status: Status; locale: Locale }) {
  const t = texts().settings.rejected;
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
          {t.last(
            name ?? last.entity_id,
            last.state,
            formatInstant(Date.parse(last.timestamp), 'fullMoment', locale),
          )}
        </p>
      )}
    </details>
  );
}

export function PartsCard({ status }: { status: Status }) {
  const t = texts().settings.parts;
  const { discovery } = status;
  return (
    <section class="card" aria-labelledby="parts-title">
      <header>
        <h2 id="parts-title">{t.title}</h2>
      </header>
      <ul class="parts">
        {linesOf(status, t, locale.value, nowMs.value).map(({ part, name, isOk, detail, facts }) => (
          <li key={part} data-part={part} data-ok={isOk}>
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
    </section>
  );
}
