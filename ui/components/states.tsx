/** What a page shows instead of its content: empty, loading, error. */
import { mdiAlertCircleOutline, mdiLockOutline, mdiRefresh } from '@mdi/js';
import type { ComponentChildren } from 'preact';
import type { ApiProblem } from '../api.ts';
import { status } from '../state/home.ts';
import type { Resource } from '../state/resource.ts';
import { pageAddress } from '../state/route.ts';
import type { Texts } from '../texts/en.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';

export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon: string;
  title: string;
  children?: ComponentChildren;
  action?: ComponentChildren;
}) {
  return (
    <div class="state" data-state="empty">
      <Icon path={icon} class="state-icon" />
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** The next step where nothing is set up yet. */
export function ToSettings() {
  return (
    <a class="button is-main" href={pageAddress('settings')}>
      {texts().now.toSettings}
    </a>
  );
}

/** Reserves the space of the content, so that nothing moves when it arrives. */
export function Skeleton({ height }: { height: number }) {
  return (
    <div class="skeleton" data-state="loading" style={{ minHeight: `${height}px` }}>
      <span class="unseen">{texts().states.loading}</span>
    </div>
  );
}

/** What happened, and what still works. */
export function problemWords(problem: ApiProblem, t: Texts): { title: string; detail: string } {
  if (problem.status === null || problem.status === 502 || problem.status === 504)
    return { title: t.states.unreachable, detail: t.states.unreachableWhat };
  if (problem.status === 401) return { title: t.states.failed, detail: t.states.signIn };
  if (problem.status === 403) return { title: t.states.forbidden, detail: problem.message };
  if (problem.status === 503) return { title: t.states.partAway, detail: problem.message };
  return { title: t.states.failed, detail: problem.message };
}

/** `ofStore`: the request needs only the store of readings. */
function Problem({
  problem,
  onRetry,
  ofStore = false,
}: {
  problem: ApiProblem;
  onRetry: () => void;
  ofStore?: boolean;
}) {
  const t = texts();
  const { title, detail } =
    ofStore && problem.status === 503
      ? { title: t.states.storeAway, detail: t.states.storeAwayWhat }
      : problemWords(problem, t);
  return (
    <div class="state" data-state="error" role="alert">
      <Icon path={mdiAlertCircleOutline} class="state-icon is-error" />
      <h2>{title}</h2>
      <p>
        {detail} {problem.isTransient && t.states.retrying}
      </p>
      <button type="button" class="button" onClick={onRetry}>
        <Icon path={mdiRefresh} />
        {t.states.retry}
      </button>
    </div>
  );
}

/** Above content that could not be refreshed. */
export function StaleNote({ problem }: { problem: ApiProblem | null }) {
  const t = texts();
  if (problem === null) return null;
  return (
    <p class="note is-error stale-note" role="alert" data-state="error">
      <Icon path={mdiAlertCircleOutline} />
      {problemWords(problem, t).title} {problem.isTransient && t.states.retrying}
    </p>
  );
}

/** Above figures that still grow: the past is being posted, after the first start or for a new meter. */
export function PastNote() {
  if (status.data?.ledger.posting_past !== true) return null;
  return (
    <p class="note" role="status" data-state="posting-past">
      {texts().states.postingPast}
    </p>
  );
}

/** A resource without data yet: the skeleton, or the problem with a retry. */
export function Waiting<T>({
  resource,
  height,
  ofStore = false,
}: {
  resource: Resource<T>;
  height: number;
  ofStore?: boolean;
}) {
  const { problem } = resource.state.value;
  return problem === null ? (
    <Skeleton height={height} />
  ) : (
    <Problem ofStore={ofStore} problem={problem} onRetry={() => void resource.refresh()} />
  );
}

/** A page without data yet: skeletons of these heights, or the problem in a card. */
export function WaitingPage(props: {
  heights: readonly number[];
  problem: ApiProblem | null;
  onRetry: () => void;
}) {
  const { heights, problem, onRetry } = props;
  if (problem !== null)
    return (
      <section class="card">
        <Problem problem={problem} onRetry={onRetry} />
      </section>
    );
  return (
    <div class="stack">
      {heights.map((height) => (
        <Skeleton key={height} height={height} />
      ))}
    </div>
  );
}

/** For users who are not administrators: they can look but not change. */
export function ReadOnlyNote({ text }: { text: string }) {
  return (
    <p class="note" data-read-only>
      <Icon path={mdiLockOutline} />
      {text}
    </p>
  );
}
