/** Whether all was recorded, what was found, what runs: a sentence, what asks for a decision, then the evidence. */
import { mdiLockOutline } from '@mdi/js';
import { useEffect, useRef } from 'preact/hooks';
import type { Coverage } from '../../../src/schemas/ledger.ts';
import type { SyncRuns } from '../../../src/schemas/readings.ts';
import type { Reconciliation } from '../../../src/schemas/tickets.ts';
import { api } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { Problem, Skeleton } from '../../components/states.tsx';
import { UnknownSources } from '../../components/unknown-sources.tsx';
import { dateAt } from '../../period/period.ts';
import { useFollowed } from '../../state/followed.ts';
import { locale, nowMs, settings, status } from '../../state/home.ts';
import { openDecisions, ticketChanges, tickets } from '../../state/tickets.ts';
import { texts } from '../../texts/texts.ts';
import { CoverageCard } from './coverage-card.tsx';
import { settled } from './coverage-grid.ts';
import { PartsCard } from './parts-card.tsx';
import { PlanCard } from './plan-card.tsx';
import { RunsCard } from './runs-card.tsx';
import { sentenceOf } from './sentence.ts';
import { ClosedTickets, OpenTickets } from './tickets-card.tsx';

/** Counters change without a word on the websocket. */
const refreshEveryMs = 5000;
const lastDays = 10;
const shownRuns = 50;

function useLastDays() {
  const { zone } = locale.value;
  const today = dateAt(nowMs.value, zone);
  const start = today.subtract({ days: lastDays - 1 }).toZonedDateTime(zone).epochMilliseconds;
  return useFollowed<Coverage>(`${start} ${zone}`, async (signal) => {
    const range = {
      start_time: new Date(start).toISOString(),
      end_time: new Date(nowMs.peek()).toISOString(),
      period: 'day',
    } as const;
    return settled(await api.coverage(range, signal), nowMs.peek());
  });
}

export function HealthPage() {
  const t = texts();
  const recent = useLastDays();
  const runs = useFollowed<SyncRuns>('runs', (signal) => api.syncs(shownRuns, signal));
  const plan = useFollowed<Reconciliation>('plan', (signal) => api.reconciliation(signal));
  useEffect(() => {
    void Promise.all([settings.refresh(), status.refresh(), tickets.refresh()]);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void status.refresh();
    }, refreshEveryMs);
    return () => clearInterval(timer);
  }, []);
  // A ticket that comes or goes is the work of a run.
  const changes = ticketChanges.value;
  useEffect(() => {
    if (changes > 0) void Promise.all([runs.refresh(), plan.refresh(), recent.refresh()]);
  }, [changes, runs, plan, recent]);
  const health = status.state.value;
  // The status is asked often: whether one may be started again should not wait for the next look at the plan.
  const isChecking = health.data?.reconciliation.running ?? false;
  const wasChecking = useRef(isChecking);
  useEffect(() => {
    if (wasChecking.current !== isChecking) void Promise.all([runs.refresh(), plan.refresh()]);
    wasChecking.current = isChecking;
  }, [isChecking, runs, plan]);
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
  // What somebody chose not to record is no fault.
  const lost = health.data.discovery.unknown_sources.filter(({ reason }) => reason !== 'not_tracked');
  const unknown = lost.map((source) => source.statistic_id);
  return (
    <>
      <div class="answer">
        {coverage === null && problem === null ? (
          <Skeleton height={36} />
        ) : (
          <h1>
            {sentenceOf(coverage, openDecisions(), health.data.status === 'down', t, locale.value, unknown)}
          </h1>
        )}
        {settings.data !== null && !mayChange && (
          <p class="note" data-read-only>
            <Icon path={mdiLockOutline} />
            {t.health.readOnly}
          </p>
        )}
      </div>
      <div class="stack">
        <UnknownSources sources={lost} />
        <OpenTickets mayChange={mayChange} />
        <div>
          <CoverageCard />
        </div>
        <div class="health-pair">
          <div class="stack">
            <ClosedTickets mayChange={mayChange} />
            <RunsCard resource={runs} />
          </div>
          <div class="stack">
            <PlanCard
              resource={plan}
              mayChange={mayChange}
              onStarted={() => void Promise.all([runs.refresh(), plan.refresh()])}
            />
            <PartsCard status={health.data} />
          </div>
        </div>
      </div>
    </>
  );
}
