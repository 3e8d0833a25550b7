/** Whether all was recorded, what was found, what runs: a sentence, what asks for a decision, then the evidence. */
import { mdiLockOutline } from '@mdi/js';
import { useEffect } from 'preact/hooks';
import type { Coverage } from '../../../src/contract/ledger.ts';
import type { SyncRuns } from '../../../src/contract/readings.ts';
import { api } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { Problem, Skeleton } from '../../components/states.tsx';
import { dateAt } from '../../period/period.ts';
import { useFollowed } from '../../state/followed.ts';
import { locale, nowMs, settings, status } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { CoverageCard } from './coverage-card.tsx';
import { PartsCard } from './parts-card.tsx';
import { RunsCard } from './runs-card.tsx';
import { sentenceOf } from './sentence.ts';

/** Counters change without a word on the websocket. */
const refreshEveryMs = 5000;
const lastDays = 10;
const shownRuns = 50;

function useLastDays() {
  const { zone } = locale.value;
  const today = dateAt(nowMs.value, zone);
  const start = today.subtract({ days: lastDays - 1 }).toZonedDateTime(zone).epochMilliseconds;
  return useFollowed<Coverage>(`${start} ${zone}`, (signal) => {
    const range = {
      start_time: new Date(start).toISOString(),
      end_time: new Date(nowMs.peek()).toISOString(),
      period: 'day',
    } as const;
    return api.coverage(range, signal);
  });
}

export function HealthPage() {
  const t = texts();
  const recent = useLastDays();
  const runs = useFollowed<SyncRuns>('runs', (signal) => api.syncs(shownRuns, signal));
  useEffect(() => {
    void Promise.all([settings.refresh(), status.refresh()]);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void status.refresh();
    }, refreshEveryMs);
    return () => clearInterval(timer);
  }, []);
  const health = status.state.value;
  const { data: coverage, problem } = recent.state.value;
  const mayChange = settings.data?.settings.may_change === true;
  if (health.data === null)
    return health.problem === null ? (
      <Skeleton height={480} />
    ) : (
      <section class="card">
        <Problem problem={health.problem} onRetry={() => void status.refresh()} />
      </section>
    );
  return (
    <>
      <div class="answer">
        {coverage === null && problem === null ? (
          <Skeleton height={36} />
        ) : (
          <h1>{sentenceOf(coverage, 0, health.data.status === 'down', t, locale.value)}</h1>
        )}
        {settings.data !== null && !mayChange && (
          <p class="note" data-read-only>
            <Icon path={mdiLockOutline} />
            {t.health.readOnly}
          </p>
        )}
      </div>
      <div class="stack">
        <div>
          <CoverageCard />
        </div>
        <div class="health-pair">
          <div class="stack">
            <RunsCard resource={runs} />
          </div>
          <div class="stack">
            <PartsCard status={health.data} />
          </div>
        </div>
      </div>
    </>
  );
}
