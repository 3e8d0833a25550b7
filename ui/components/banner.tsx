/** One line under the bar, only when the user has to know or to act. */
import { mdiAlert } from '@mdi/js';
import type { Status } from '../../src/contract/status.ts';
import { settings, status } from '../state/home.ts';
import { pageAddress, place } from '../state/place.ts';
import type { Texts } from '../texts/en.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';

function wordsOf(state: Status, isConfigured: boolean, t: Texts['banner']): string | null {
  if (state.spool.is_paused) return t.paused;
  // The pages themselves ask for an address where there is none.
  if (isConfigured && !state.home_assistant.ok) return t.homeAssistant;
  if (!state.questdb.ok) return t.questdb;
  return null;
}

export function Banner() {
  const t = texts().banner;
  const state = status.data;
  const source = settings.data?.settings.source;
  const words = state === null ? null : wordsOf(state, source !== 'none', t);
  // The region stays, so that what appears in it is announced.
  return (
    <div aria-live="polite">
      {words !== null && (
        <p class="banner">
          <Icon path={mdiAlert} />
          <span>{words}</span>
          {place.value.page !== 'health' && (
            <a class="link" href={pageAddress('health')}>
              {t.toHealth}
            </a>
          )}
        </p>
      )}
    </div>
  );
}
