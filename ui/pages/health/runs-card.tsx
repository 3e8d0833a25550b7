/** Every check, fetch and import { Card } from '../../components/card.tsx';
import with its result; the running one with its progress. */
import { mdiAlertCircleOutline, mdiCheckCircleOutline, mdiProgressClock } from '@mdi/js';
import { useEffect, useState } from 'preact/hooks';
import type { SyncRunRow, SyncRuns } from '../../../src/schemas/readings.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Waiting } from '../../components/states.tsx';
import { formatDuration } from '../../format/durations.ts';
import { formatInstant, formatSpan } from '../../format/instants.ts';
import { formatCount } from '../../format/numbers.ts';
import { parseSpan } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import type { Resource } from '../../state/resource.ts';
import { texts } from '../../texts/texts.ts';
import { resultText } from './run-words.ts';

const fewRuns = 6;
/** Refresh interval while a run is under way. */
const pollEveryMs = 1500;

function Run({ run }: { run: SyncRunRow }) {
  const all = texts();
  const t = all.health.runs;
  const { language } = locale.value;
  const isRunning = run.status === 'running';
  const isWell = run.status === 'success';
  const took =
    run.finished_at === null
      ? null
      : formatDuration(
          (Date.parse(run.finished_at) - Date.parse(run.started_at)) / 1000,
          language,
          all.units,
        );
  return (
    <li data-run={run.sync_id} data-kind={run.kind} data-status={run.status}>
      <Icon
        path={isRunning ? mdiProgressClock : isWell ? mdiCheckCircleOutline : mdiAlertCircleOutline}
        label={t.statuses[run.status]}
        class={isWell || isRunning ? 'is-ok' : 'is-wrong'}
      />
      <div>
        <strong>{t.kinds[run.kind]}</strong>
        <p>{resultText(run, t, language)}</p>
        {isRunning && (
          <>
            <p>
              {t.progress(
                formatCount(run.entities_done, language),
                formatCount(run.entities_total, language),
              )}
            </p>
            <progress
              class="progress"
              aria-label={t.kinds[run.kind]}
              max={Math.max(1, run.entities_total)}
              value={run.entities_done}
            />
          </>
        )}
        {run.error !== null && <p class="part-detail">{run.error}</p>}
        <p class="quiet">
          {formatInstant(run.started_at, 'moment', locale.value)}
          {took !== null && `, ${t.took(took)}`}
          {' · '}
          {t.lookedAt(formatSpan(parseSpan({ start: run.start_time, end: run.end_time }), locale.value))}
        </p>
      </div>
    </li>
  );
}

export function RunsCard({ resource }: { resource: Resource<SyncRuns> }) {
  const t = texts().health.runs;
  const [isAll, setAll] = useState(false);
  const { data } = resource.state.value;
  const runs = data?.syncs ?? [];
  const isRunning = runs.some(({ status }) => status === 'running');
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => void resource.refresh(), pollEveryMs);
    return () => clearInterval(timer);
  }, [isRunning, resource]);
  return (
    <Card id="runs" title={t.title} data-runs={runs.length}>
      {data === null ? (
        <Waiting resource={resource} height={200} />
      ) : runs.length === 0 ? (
        <p class="quiet">{t.none}</p>
      ) : (
        <ul class="parts">
          {runs.slice(0, isAll ? undefined : fewRuns).map((run) => (
            <Run key={run.sync_id} run={run} />
          ))}
        </ul>
      )}
      {runs.length > fewRuns && !isAll && (
        <button type="button" class="button more-button" onClick={() => setAll(true)}>
          {t.more(formatCount(runs.length, locale.value.language))}
        </button>
      )}
    </Card>
  );
}
