/** Fetches readings that are missing here from Home Assistant. The run continues when the user leaves the page. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SyncRunRow } from '../../../src/schemas/readings.ts';
import { ApiProblem, api } from '../../api.ts';
import { Card } from '../../components/card.tsx';
import { formatCount } from '../../format/numbers.ts';
import { locale, status } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';

const pollEveryMs = 1000;

type Progress =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly syncId: string; readonly run: SyncRunRow | null }
  | { readonly kind: 'finished'; readonly run: SyncRunRow }
  | { readonly kind: 'failed'; readonly text: string };

/** Kept outside the component, so that the progress is shown when the user comes back to the page. */
const progress = signal<Progress>({ kind: 'idle' });

async function refreshRun(syncId: string): Promise<void> {
  try {
    const run = await api.sync(syncId);
    progress.value = run.status === 'running' ? { kind: 'running', syncId, run } : { kind: 'finished', run };
    if (run.status !== 'running') void status.refresh();
  } catch (error) {
    // No answer, or a run that is not in the log yet: the next refresh asks again.
    if (!(error instanceof ApiProblem) || !(error.isTransient || error.status === 404)) throw error;
  }
}

async function start(failedText: string): Promise<void> {
  progress.value = { kind: 'starting' };
  try {
    const { sync_id: syncId } = await api.startBackfill();
    progress.value = { kind: 'running', syncId, run: null };
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    progress.value = { kind: 'failed', text: error.message || failedText };
  }
}

export function BackfillCard({ mayChange }: { mayChange: boolean }) {
  const t = texts().settings.backfill;
  const state = progress.value;
  const syncId = state.kind === 'running' ? state.syncId : null;
  useEffect(() => {
    if (syncId === null) return;
    void refreshRun(syncId);
    const timer = setInterval(() => void refreshRun(syncId), pollEveryMs);
    return () => clearInterval(timer);
  }, [syncId]);
  const isBusy = state.kind === 'starting' || state.kind === 'running';
  return (
    <Card id="backfill" title={t.title} data-backfill={state.kind}>
      <div class="stack">
        <p class="quiet">{t.what}</p>
        <div class="row">
          <button
            type="button"
            class="button"
            disabled={!mayChange || isBusy}
            onClick={() => void start(t.failedStart)}
          >
            {t.start}
          </button>
        </div>
        <div role="status">
          {state.kind === 'running' && <Running run={state.run} />}
          {state.kind === 'finished' && <Result run={state.run} />}
          {state.kind === 'failed' && <p class="note is-error">{state.text}</p>}
        </div>
      </div>
    </Card>
  );
}

function Running({ run }: { run: SyncRunRow | null }) {
  const t = texts().settings.backfill;
  if (run === null) return <progress class="progress" aria-label={t.title} max={1} />;
  const { entities_done: done, entities_total: total } = run;
  const { language } = locale.value;
  return (
    <>
      <p>{t.running(formatCount(done, language), formatCount(total, language))}</p>
      <progress class="progress" aria-label={t.title} max={Math.max(1, total)} value={done} />
    </>
  );
}

function Result({ run }: { run: SyncRunRow }) {
  const t = texts().settings.backfill;
  const added = formatCount(run.readings_added, locale.value.language);
  return (
    <p class={`note ${run.status === 'failed' ? 'is-error' : 'is-success'}`}>
      {run.status === 'success'
        ? t.success(added, run.readings_added === 1)
        : run.status === 'partial'
          ? t.partial(added)
          : t.failed}
      {run.error !== null && ` ${run.error}`}
    </p>
  );
}
