/** State of all parts, connection to Home Assistant, recorded entities, grid connections, back-fill. */
import type { Status } from '../../../src/schemas/status.ts';
import { ReadOnlyNote, WaitingPage } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { useStatusRefresh } from '../../state/followed.ts';
import { entities, locale, settings, status } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { BackfillCard } from './backfill-card.tsx';
import { ConnectionForm } from './connection-form.tsx';
import { ConnectionsCard } from './connections-card.tsx';
import { EntitiesCard } from './entities-card.tsx';
import { HealthLine } from './health-line.tsx';

/** The websocket does not report counters. */
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
  useStatusRefresh(refreshEveryMs, [settings, entities]);
  const loaded = settings.state.value;
  const health = status.state.value;
  if (loaded.data === null || health.data === null) {
    const retry = () => void Promise.all([settings.refresh(), status.refresh()]);
    return <WaitingPage heights={[480]} problem={loaded.problem ?? health.problem} onRetry={retry} />;
  }
  const mayChange = loaded.data.settings.may_change;
  const { source } = loaded.data.settings;
  return (
    <>
      <div class="answer">
        <h1>{sentenceOf(health.data, t.settings, locale.value.language)}</h1>
        {!mayChange && <ReadOnlyNote text={t.settings.readOnly} />}
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
