/** The connection to Home Assistant. Under the Supervisor it can only be tested. The token is never shown. */

import { useState } from 'preact/hooks';
import type { ConnectionTest, Settings } from '../../../src/schemas/settings.ts';
import { type ApiProblem, api } from '../../api.ts';
import { ActionOutcome, useAction } from '../../components/action.tsx';
import { Card } from '../../components/card.tsx';
import { onSubmit } from '../../components/fields.tsx';
import { problemWords } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { entities, settings as loaded, locale, now, status } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';

function outcomeOf(test: ConnectionTest, isSaved: boolean, t: Texts['settings']['connection']) {
  if (!test.connected) return { isGood: false, text: test.error ?? t.failed };
  const count = test.energy_sources;
  const { language } = locale.value;
  const sources = count === null ? t.noSources : t.sources(formatCount(count, language), count === 1);
  const text = t.ok(test.version ?? '', sources);
  return { text: isSaved ? `${text} ${t.saved}` : text };
}

function failedText(problem: ApiProblem, t: Texts): string {
  const { title, detail } = problemWords(problem, t);
  return problem.message || `${title} ${detail}`;
}

export function ConnectionForm({ settings, mayChange }: { settings: Settings; mayChange: boolean }) {
  const t = texts().settings.connection;
  const { source, home_assistant_url: savedUrl, token_set: isTokenSet } = settings.settings;
  const [url, setUrl] = useState(savedUrl ?? '');
  const [token, setToken] = useState('');
  const action = useAction({ mayChange });
  const { isBusy } = action;
  const mayType = source !== 'supervisor';
  const isLocked = !mayChange || isBusy;

  const test = async () => outcomeOf(await api.testConnection(), false, t);
  const save = async () => {
    const outcome = outcomeOf(await api.useHomeAssistant(url.trim(), token.trim()), true, t);
    setToken('');
    void Promise.all([loaded.refresh(), status.refresh(), entities.refresh(), now.refresh()]);
    return outcome;
  };
  const submit = () => {
    if (!mayType) void action.run(test, failedText);
    else if (url.trim() === '' || token.trim() === '') action.refuse(t.incomplete);
    else void action.run(save, failedText);
  };
  return (
    <Card id="connection" title={t.title}>
      <form class="stack" data-connection onSubmit={onSubmit(submit)}>
        {mayType && (
          <>
            <UrlField url={url} isLocked={isLocked} onUrl={setUrl} />
            <TokenField token={token} isSet={isTokenSet} isLocked={isLocked} onToken={setToken} />
          </>
        )}
        <div class="row">
          {mayType && (
            <button type="submit" class="button is-main" disabled={isLocked}>
              {isBusy ? t.testing : t.save}
            </button>
          )}
          {source !== 'none' && (
            <button
              type="button"
              class="button"
              disabled={isLocked}
              onClick={() => void action.run(test, failedText)}
            >
              {isBusy && !mayType ? t.testing : t.test}
            </button>
          )}
        </div>
        <ActionOutcome action={action} class="" />
      </form>
    </Card>
  );
}

function UrlField(props: { url: string; isLocked: boolean; onUrl: (url: string) => void }) {
  const { url, isLocked, onUrl } = props;
  return (
    <label class="field">
      <span>{texts().settings.connection.url}</span>
      <input
        class="input"
        type="url"
        inputMode="url"
        autocomplete="off"
        placeholder="http://homeassistant.local:8123"
        value={url}
        disabled={isLocked}
        onInput={(event) => onUrl(event.currentTarget.value)}
      />
    </label>
  );
}

interface TokenFieldProps {
  readonly token: string;
  /** Whether a token is saved. */
  readonly isSet: boolean;
  readonly isLocked: boolean;
  readonly onToken: (token: string) => void;
}

function TokenField({ token, isSet, isLocked, onToken }: TokenFieldProps) {
  const t = texts().settings.connection;
  return (
    <div class="field">
      <label for="token">{t.token}</label>
      <input
        class="input"
        id="token"
        type="password"
        autocomplete="off"
        value={token}
        disabled={isLocked}
        aria-describedby="token-hint"
        onInput={(event) => onToken(event.currentTarget.value)}
      />
      <small id="token-hint" class="quiet">
        {isSet ? t.tokenSet : t.tokenHint}
      </small>
    </div>
  );
}
