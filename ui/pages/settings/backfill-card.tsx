/** Fetches what Home Assistant recorded and we did not; goes on in the app when one leaves the page. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { SyncRunRow } from '../../../src/schemas/readings.ts';
import { ApiProblem, api } from '../../api.ts';
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

/** Outside the component: the run goes on, and so does its line when one comes back to the page. */
const progress = signal<Progress>({ kind: 'idle' });

async function look(syncId: string): Promise<void> {
  try {
    const run = await api.sync(syncId);
    progress.value = run.status === 'running' ? { kind: 'running', syncId, run } : { kind: 'finished', run };
    if (run.status !== 'running') void status.refresh();
  } catch (error) {
    // A moment without an answer, or a run that is not in the log yet: it is asked for again.
    if (!(error instanceof ApiProblem) || !(error.isPassing || error.status === 404)) throw error;
  }
}

export function BackfillCard({ mayChange }: { mayChange: boolean }) {
  const t = texts().settings.backfill;
  const { language } = locale.value;
  const state = progress.value;
  const syncId = state.kind === 'running' ? state.syncId : null;
  useEffect(() => {
    if (syncId === null) return;
    void look(syncId);
    const timer = setInterval(() => void look(syncId), pollEveryMs);
    return () => clearInterval(timer);
  }, [syncId]);
  const start = async () => {
    progress.value = { kind: 'starting' };
    try {
      const { sync_id: started } = await api.startBackfill();
      progress.value = { kind: 'running', syncId: started, run: null };
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      progress.value = { kind: 'failed', text: error.message === '' ? t.failedStart : error.message };
    }
  };
  const isBusy = state.kind === 'starting' || state.kind === 'running';
  const count = (value: number) => formatCount(value, language);
  return (
    <section class="card" aria-labelledby="backfill-title" data-backfill={state.kind}>
      <header>
        <h2 id="backfill-title">{t.title}</h2>
      </header>
      <div class="stack">
        <p class="quiet">{t.what}</p>
        <div class="row">
          <button type="button" class="button" disabled={!mayChange || isBusy} onClick={() => void start()}>
            {t.start}
          </button>
        </div>
        <div role="status">
          {state.kind === 'running' && (
            <>
              {state.run !== null && (
                <p>{t.running(count(state.run.entities_done), count(state.run.entities_total))}</p>
              )}
              <progress
                class="progress"
                aria-label={t.title}
                max={Math.max(1, state.run?.entities_total ?? 1)}
                {...(state.run === null ? {} : { value: state.run.entities_done })}
              />
            </>
          )}
          {state.kind === 'finished' && (
            <p class={`note ${state.run.status === 'failed' ? 'is-error' : 'is-success'}`}>
              {state.run.status === 'success'
                ? t.success(count(state.run.readings_added), state.run.readings_added === 1)
                : state.run.status === 'partial'
                  ? t.partial(count(state.run.readings_added))
                  : t.failed}
              {state.run.error !== null && ` ${state.run.error}`}
            </p>
          )}
          {state.kind === 'failed' && <p class="note is-error">{state.text}</p>}
        </div>
      </div>
    </section>
  );
}
