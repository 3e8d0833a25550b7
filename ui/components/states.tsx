/** What a page shows in place of its picture: empty, loading, error. */
import { mdiAlertCircleOutline, mdiRefresh } from '@mdi/js';
import type { ComponentChildren } from 'preact';
import type { ApiProblem } from '../api.ts';
import { status } from '../state/home.ts';
import { pageAddress } from '../state/place.ts';
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

/** What to do next, where nothing is set up yet. */
export function ToSettings() {
  return (
    <a class="button is-main" href={pageAddress('settings')}>
      {texts().now.toSettings}
    </a>
  );
}

/** Grey shapes where the picture will be, so that nothing jumps when it comes. */
export function Skeleton({ height }: { height: number }) {
  return (
    <div class="skeleton" data-state="loading" style={{ minHeight: `${height}px` }}>
      <span class="unseen">{texts().states.loading}</span>
    </div>
  );
}

/** What happened, what still works. */
export function problemWords(problem: ApiProblem, t: Texts): { title: string; detail: string } {
  if (problem.status === null || problem.status === 502 || problem.status === 504)
    return { title: t.states.unreachable, detail: t.states.unreachableWhat };
  if (problem.status === 401) return { title: t.states.failed, detail: t.states.signIn };
  if (problem.status === 403) return { title: t.states.forbidden, detail: problem.message };
  if (problem.status === 503) return { title: t.states.partAway, detail: problem.message };
  return { title: t.states.failed, detail: problem.message };
}

/** `ofStore`: only the store of readings can be what is away. */
export function Problem({
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
        {detail} {problem.isPassing && t.states.retrying}
      </p>
      <button type="button" class="button" onClick={onRetry}>
        <Icon path={mdiRefresh} />
        {t.states.retry}
      </button>
    </div>
  );
}

/** Over a picture that stays although it could not be fetched anew. */
export function StaleNote({ problem }: { problem: ApiProblem | null }) {
  const t = texts();
  if (problem === null) return null;
  return (
    <p class="note is-error stale-note" role="alert" data-state="error">
      <Icon path={mdiAlertCircleOutline} />
      {problemWords(problem, t).title} {problem.isPassing && t.states.retrying}
    </p>
  );
}

/** Over figures that still grow: what is older than a day is being posted, after the first start or another meter. */
export function PastNote() {
  if (status.data?.ledger.posting_past !== true) return null;
  return (
    <p class="note" role="status" data-state="posting-past">
      {texts().states.postingPast}
    </p>
  );
}
