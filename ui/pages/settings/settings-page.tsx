/** Whether all is well, where Home Assistant is, what is recorded, and fetching what is missing. */
import { mdiLockOutline } from '@mdi/js';
import { useEffect } from 'preact/hooks';
import type { Status } from '../../../src/schemas/status.ts';
import { Icon } from '../../components/icon.tsx';
import { Problem, Skeleton } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { entities, locale, settings, status } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { BackfillCard } from './backfill-card.tsx';
import { ConnectionForm } from './connection-form.tsx';
import { ConnectionsCard } from './connections-card.tsx';
import { EntitiesCard } from './entities-card.tsx';
import { HealthLine } from './health-line.tsx';

/** Counters change without a word on the websocket. */
const refreshEveryMs = 5000;

function sentenceOf(state: Status, t: Texts['settings'], language: string): string {
  const count = state.recorder.entities_tracked;
  const tracked = t.sentence.entities(formatCount(count, language), count === 1);
  if (state.status === 'down') return t.sentence.down;
  if (count === 0) return t.sentence.none;
  return state.status === 'ok' ? t.sentence.ok(tracked) : t.sentence.degraded(tracked);
}

export function SettingsPage() {
  const t = texts();
  useEffect(() => {
    void Promise.all([settings.refresh(), status.refresh(), entities.refresh()]);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void status.refresh();
    }, refreshEveryMs);
    return () => clearInterval(timer);
  }, []);
  const loaded = settings.state.value;
  const health = status.state.value;
  if (loaded.data === null || health.data === null) {
    const problem = loaded.problem ?? health.problem;
    if (problem === null) return <Skeleton height={480} />;
    return (
      <section class="card">
        <Problem problem={problem} onRetry={() => void Promise.all([settings.refresh(), status.refresh()])} />
      </section>
    );
  }
  const mayChange = loaded.data.settings.may_change;
  const { source } = loaded.data.settings;
  return (
    <>
      <div class="answer">
        <h1>{sentenceOf(health.data, t.settings, locale.value.language)}</h1>
        {!mayChange && (
          <p class="note" data-read-only>
            <Icon path={mdiLockOutline} />
            {t.settings.readOnly}
          </p>
        )}
      </div>
      {source === 'none' && (
        <div class="settings-first">
          <ConnectionForm settings={loaded.data} mayChange={mayChange} />
        </div>
      )}
      <div class="settings-grid">
        <div class="stack">
          <EntitiesCard mayChange={mayChange} />
        </div>
        <div class="stack">
          <HealthLine status={health.data} />
          {source !== 'none' && <ConnectionForm settings={loaded.data} mayChange={mayChange} />}
          <ConnectionsCard mayChange={mayChange} />
          <BackfillCard mayChange={mayChange} />
        </div>
      </div>
    </>
  );
}
