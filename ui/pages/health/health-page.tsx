/** What was recorded, what was found, what runs: a sentence, open decisions, then the evidence. */
import { useEffect, useRef } from 'preact/hooks';
import type { Coverage } from '../../../src/schemas/ledger.ts';
import type { SyncRuns } from '../../../src/schemas/readings.ts';
import type { Reconciliation } from '../../../src/schemas/tickets.ts';
import { api } from '../../api.ts';
import { ReadOnlyNote, Skeleton, WaitingPage } from '../../components/states.tsx';
import { UnknownSources } from '../../components/unknown-sources.tsx';
import { dateAt } from '../../period/period.ts';
import { useFollowed, useStatusRefresh } from '../../state/followed.ts';
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

/** The websocket does not report counters. */
const refreshEveryMs = 5000;
const lastDays = 10;
const shownRuns = 50;

function useLastDays() {
  const { zone } = locale.value;
  const today = dateAt(nowMs.value, zone);
  const startMs = today.subtract({ days: lastDays - 1 }).toZonedDateTime(zone).epochMilliseconds;
  return useFollowed<Coverage>(`${startMs} ${zone}`, async (signal) =>
    settled(await api.coverage({ startMs, endMs: nowMs.peek() }, 'day', signal), nowMs.peek()),
  );
}

/** Everything on the page that is fetched, kept current. */
function useHealth() {
  const recent = useLastDays();
  const runs = useFollowed<SyncRuns>('runs', (signal) => api.syncs(shownRuns, signal));
  const plan = useFollowed<Reconciliation>('plan', (signal) => api.reconciliation(signal));
  useStatusRefresh(refreshEveryMs, [settings, tickets]);
  // Runs open and close tickets.
  const changes = ticketChanges.value;
  useEffect(() => {
    if (changes > 0) void Promise.all([runs.refresh(), plan.refresh(), recent.refresh()]);
  }, [changes, runs, plan, recent]);
  // The status is refreshed more often than the plan, which says whether a check can be started.
  const isChecking = status.data?.reconciliation.running ?? false;
  const wasChecking = useRef(isChecking);
  useEffect(() => {
    if (wasChecking.current !== isChecking) void Promise.all([runs.refresh(), plan.refresh()]);
    wasChecking.current = isChecking;
  }, [isChecking, runs, plan]);
  return { recent, runs, plan };
}

export function HealthPage() {
  const t = texts();
  const { recent, runs, plan } = useHealth();
  const { data: health, problem: statusProblem } = status.state.value;
  const { data: coverage, problem } = recent.state.value;
  const mayChange = settings.data?.settings.may_change === true;
  if (health === null)
    return <WaitingPage heights={[480]} problem={statusProblem} onRetry={() => void status.refresh()} />;
  // Sources that the user chose not to record are not a fault.
  const lost = health.discovery.unknown_sources.filter(({ reason }) => reason !== 'not_tracked');
  const unknown = lost.map((source) => source.statistic_id);
  return (
    <>
      <div class="answer">
        {coverage === null && problem === null ? (
          <Skeleton height={36} />
        ) : (
          <h1>{sentenceOf(coverage, openDecisions(), health.status === 'down', t, locale.value, unknown)}</h1>
        )}
        {settings.data !== null && !mayChange && <ReadOnlyNote text={t.health.readOnly} />}
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
            <PartsCard status={health} />
          </div>
        </div>
      </div>
    </>
  );
}
