/** Where Home Assistant is. Under the Supervisor there is nothing to set, only to try. The token is never shown. */
import { mdiAlertCircleOutline, mdiCheckCircleOutline } from '@mdi/js';
import { useState } from 'preact/hooks';
import type { ConnectionTest, Settings } from '../../../src/schemas/settings.ts';
import { ApiProblem, api } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { problemWords } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { entities, settings as loaded, locale, now, status } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

type Outcome = { readonly isGood: boolean; readonly text: string };

function outcomeOf(
  test: ConnectionTest,
  isSaved: boolean,
  t: Texts['settings']['connection'],
  language: string,
): Outcome {
  if (!test.connected) return { isGood: false, text: test.error ?? t.failed };
  const count = test.energy_sources;
  const sources = count === null ? t.noSources : t.sources(formatCount(count, language), count === 1);
  const text = t.ok(test.version ?? '', sources);
  return { isGood: true, text: isSaved ? `${text} ${t.saved}` : text };
}

export function ConnectionForm({ settings, mayChange }: { settings: Settings; mayChange: boolean }) {
  const all = texts();
  const t = all.settings.connection;
  const { source, home_assistant_url: savedUrl, token_set: isTokenSet } = settings.settings;
  const [url, setUrl] = useState(savedUrl ?? '');
  const [token, setToken] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const attempt = async (isSaving: boolean) => {
    if (isSaving && (url.trim() === '' || token.trim() === '')) {
      setOutcome({ isGood: false, text: t.incomplete });
      return;
    }
    setBusy(true);
    setOutcome(null);
    try {
      const test = isSaving
        ? await api.useHomeAssistant(url.trim(), token.trim())
        : await api.testConnection();
      setOutcome(outcomeOf(test, isSaving, t, locale.value.language));
      if (isSaving) {
        setToken('');
        await Promise.all([loaded.refresh(), status.refresh(), entities.refresh(), now.refresh()]);
      }
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const { title, detail } = problemWords(error, all);
      setOutcome({ isGood: false, text: error.message === '' ? `${title} ${detail}` : error.message });
    } finally {
      setBusy(false);
    }
  };
  const mayType = source !== 'supervisor';
  return (
    <section class="card" aria-labelledby="connection-title">
      <header>
        <h2 id="connection-title">{t.title}</h2>
      </header>
      <form
        class="stack"
        data-connection
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(mayType);
        }}
      >
        {mayType && (
          <>
            <label class="field">
              <span>{t.url}</span>
              <input
                class="input"
                type="url"
                inputMode="url"
                autocomplete="off"
                placeholder="http://homeassistant.local:8123"
                value={url}
                disabled={!mayChange || isBusy}
                onInput={(event) => setUrl(event.currentTarget.value)}
              />
            </label>
            <div class="field">
              <label for="token">{t.token}</label>
              <input
                class="input"
                id="token"
                type="password"
                autocomplete="off"
                value={token}
                disabled={!mayChange || isBusy}
                aria-describedby="token-hint"
                onInput={(event) => setToken(event.currentTarget.value)}
              />
              <small id="token-hint" class="quiet">
                {isTokenSet ? t.tokenSet : t.tokenHint}
              </small>
            </div>
          </>
        )}
        <div class="row">
          {mayType && (
            <button type="submit" class="button is-main" disabled={!mayChange || isBusy}>
              {isBusy ? t.testing : t.save}
            </button>
          )}
          {source !== 'none' && (
            <button
              type="button"
              class="button"
              disabled={!mayChange || isBusy}
              onClick={() => void attempt(false)}
            >
              {isBusy && !mayType ? t.testing : t.test}
            </button>
          )}
        </div>
        <div role="status">
          {outcome !== null && (
            <p class={`note ${outcome.isGood ? 'is-success' : 'is-error'}`}>
              <Icon path={outcome.isGood ? mdiCheckCircleOutline : mdiAlertCircleOutline} />
              <span>{outcome.text}</span>
            </p>
          )}
        </div>
      </form>
    </section>
  );
}
