/** One line below the top bar, only when the user has to know or do something. */
import { mdiAlert } from '@mdi/js';
import { useRef } from 'preact/hooks';
import { formatAge } from '../format/instants.ts';
import { formatCount } from '../format/numbers.ts';
import { locale, nowMs, settings, status } from '../state/home.ts';
import { pageAddress, route } from '../state/route.ts';
import type { Texts } from '../texts/en.ts';
import { texts } from '../texts/texts.ts';
import { Icon } from './icon.tsx';
import { type Urgency, urgencyOf } from './urgency.ts';

function wordsOf(urgency: Urgency, t: Texts['banner'], language: string): string {
  switch (urgency.kind) {
    case 'silent':
      return t.silent(formatAge(urgency.forMs, language));
    case 'decisions':
      return t.decisions(formatCount(urgency.count, language), urgency.count === 1);
    default:
      return t[urgency.kind];
  }
}

function useUrgency(): Urgency | null {
  const state = status.data;
  const storeAwaySinceMs = useRef<number | null>(null);
  if (state === null) return null;
  const atMs = nowMs.value;
  storeAwaySinceMs.current = state.questdb.ok ? null : (storeAwaySinceMs.current ?? atMs);
  return urgencyOf({
    status: state,
    isConfigured: settings.data?.settings.source !== 'none',
    nowMs: atMs,
    storeAwaySinceMs: storeAwaySinceMs.current,
  });
}

export function Banner() {
  const t = texts().banner;
  const urgency = useUrgency();
  const page = urgency?.kind === 'refused' ? 'settings' : 'health';
  // The live region always exists, so that screen readers announce what appears in it.
  return (
    <div aria-live="polite">
      {urgency !== null && route.value.page !== page && (
        <p class="banner" data-banner={urgency.kind}>
          <Icon path={mdiAlert} />
          <span>{wordsOf(urgency, t, locale.value.language)}</span>
          <a class="link" href={pageAddress(page)}>
            {page === 'settings' ? t.toSettings : t.toHealth}
          </a>
        </p>
      )}
    </div>
  );
}
