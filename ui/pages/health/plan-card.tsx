/** What the next nightly check covers, and a button to check now. */

import { mdiPlaylistCheck } from '@mdi/js';
import type { Reconciliation } from '../../../src/schemas/tickets.ts';
import { api } from '../../api.ts';
import { useAction } from '../../components/action.tsx';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Waiting } from '../../components/states.tsx';
import { formatInstant } from '../../format/instants.ts';
import { formatCount, formatNumber, withUnit } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import type { Resource } from '../../state/resource.ts';
import { texts } from '../../texts/texts.ts';

function Plan({ answer }: { answer: Reconciliation }) {
  const t = texts().health.plan;
  const { language } = locale.value;
  const { plan, tolerance } = answer;
  const when = (iso: string) => formatInstant(iso, 'moment', locale.value);
  const day = (iso: string) => formatInstant(iso, 'day', locale.value);
  const count = (value: number) => formatCount(value, language);
  return (
    <>
      <p>{answer.next_nightly === null ? t.unknown : t.next(when(answer.next_nightly))}</p>
      {plan !== null && (
        <>
          <p>{t.what(count(plan.hours), count(plan.entities), day(plan.start), day(plan.end))}</p>
          <p data-unverified={plan.unproven_hours}>
            {plan.unproven_hours > 0 ? t.unverified(count(plan.unproven_hours)) : t.verified}
          </p>
        </>
      )}
      {answer.next_hourly !== null && (
        <p>{t.hourly(formatInstant(answer.next_hourly, 'time', locale.value))}</p>
      )}
      <p class="quiet">
        {answer.last_nightly !== null && `${t.last(when(answer.last_nightly))} `}
        {t.tolerance(
          formatNumber(tolerance.absolute, language, 4, 0),
          withUnit(formatNumber(tolerance.relative * 100, language, 2, 0), '%'),
        )}
      </p>
    </>
  );
}

export function PlanCard(props: {
  resource: Resource<Reconciliation>;
  mayChange: boolean;
  /** Called after a check was started, to show its run. */
  onStarted: () => void;
}) {
  const { resource, mayChange, onStarted } = props;
  const t = texts().health.plan;
  const { data } = resource.state.value;
  const action = useAction();
  const start = async () => {
    await api.startReconciliation();
    onStarted();
    return null;
  };
  const isRunning = data?.running === true;
  const failure = action.outcome?.text ?? null;
  return (
    <Card
      id="plan"
      title={t.title}
      tools={
        mayChange &&
        data !== null && (
          <button
            type="button"
            class="button"
            disabled={action.isBusy || isRunning}
            onClick={() => void action.run(start, ({ message }) => message || t.failedStart)}
          >
            <Icon path={mdiPlaylistCheck} />
            {t.start}
          </button>
        )
      }
      data-plan={isRunning ? 'running' : 'waiting'}
    >
      {data === null ? (
        <Waiting resource={resource} height={120} />
      ) : (
        <div class="stack plan-words">
          <Plan answer={data} />
        </div>
      )}
      <p role="status" class={failure === null ? 'quiet' : 'note is-error'}>
        {failure ?? (isRunning ? t.running : '')}
      </p>
    </Card>
  );
}
