/** What the next nightly check will look at, and the way to have one now. */
import { mdiPlaylistCheck } from '@mdi/js';
import { useState } from 'preact/hooks';
import type { Reconciliation } from '../../../src/schemas/tickets.ts';
import { ApiProblem, api } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { Problem, Skeleton } from '../../components/states.tsx';
import { formatInstant } from '../../format/instants.ts';
import { asText, formatCount, formatNumber } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import type { Resource } from '../../state/resource.ts';
import { texts } from '../../texts/texts.ts';

function Plan({ answer }: { answer: Reconciliation }) {
  const t = texts().health.plan;
  const { language } = locale.value;
  const { plan, tolerance } = answer;
  const when = (iso: string) => formatInstant(Date.parse(iso), 'moment', locale.value);
  const day = (iso: string) => formatInstant(Date.parse(iso), 'day', locale.value);
  const count = (value: number) => formatCount(value, language);
  return (
    <>
      <p>{answer.next_nightly === null ? t.unknown : t.next(when(answer.next_nightly))}</p>
      {plan !== null && (
        <>
          <p>{t.what(count(plan.hours), count(plan.entities), day(plan.start), day(plan.end))}</p>
          <p data-unproven={plan.unproven_hours}>
            {plan.unproven_hours > 0 ? t.unproven(count(plan.unproven_hours)) : t.proven}
          </p>
        </>
      )}
      {answer.next_hourly !== null && (
        <p>{t.hourly(formatInstant(Date.parse(answer.next_hourly), 'time', locale.value))}</p>
      )}
      <p class="quiet">
        {answer.last_nightly !== null && `${t.last(when(answer.last_nightly))} `}
        {t.tolerance(
          formatNumber(tolerance.absolute, language, 4, 0),
          asText({ value: formatNumber(tolerance.relative * 100, language, 2, 0), unit: '%' }),
        )}
      </p>
    </>
  );
}

export function PlanCard(props: {
  resource: Resource<Reconciliation>;
  mayChange: boolean;
  /** A check was started: its run is to be seen. */
  onStarted: () => void;
}) {
  const { resource, mayChange, onStarted } = props;
  const t = texts().health.plan;
  const { data, problem } = resource.state.value;
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const start = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await api.startReconciliation();
      onStarted();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setFailure(error.message === '' ? t.failedStart : error.message);
    } finally {
      setBusy(false);
    }
  };
  const isRunning = data?.running === true;
  return (
    <section class="card" aria-labelledby="plan-title" data-plan={isRunning ? 'running' : 'waiting'}>
      <header>
        <h2 id="plan-title">{t.title}</h2>
        {mayChange && data !== null && (
          <button type="button" class="button" disabled={isBusy || isRunning} onClick={() => void start()}>
            <Icon path={mdiPlaylistCheck} />
            {t.start}
          </button>
        )}
      </header>
      {data === null ? (
        problem === null ? (
          <Skeleton height={120} />
        ) : (
          <Problem problem={problem} onRetry={() => void resource.refresh()} />
        )
      ) : (
        <div class="stack plan-words">
          <Plan answer={data} />
        </div>
      )}
      <p role="status" class={failure === null ? 'quiet' : 'note is-error'}>
        {failure ?? (isRunning ? t.running : '')}
      </p>
    </section>
  );
}
