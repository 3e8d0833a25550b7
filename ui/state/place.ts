/** Where one is in the panel: the hash as a signal, and the ways to change it. */
import { computed, signal } from '@preact/signals';
import { formatHash, type Page, type Place, parseHash } from '../hash.ts';

const hash = signal(typeof location === 'undefined' ? '' : location.hash);

export const place = computed<Place>(() => parseHash(hash.value));

/** With path and query: a bare "#…" would be resolved against <base href>, which may differ from the address. */
export function addressOf(target: Place): string {
  return `${location.pathname}${location.search}${formatHash(target)}`;
}

/** The link to another page, which keeps the period, and on the same page its connection and what it is compared with. */
export function pageAddress(page: Page, entityId: string | null = null): string {
  const { period, compare, connectionId, page: here } = place.value;
  return addressOf({
    page,
    entityId,
    connectionId: page === here ? connectionId : null,
    period: page === 'settings' || page === 'now' ? null : period,
    zoom: null,
    compare: page === here ? compare : 'none',
  });
}

/** `replace`: for a step that "back" should not come by. */
export function go(change: Partial<Place>, { replace = false } = {}): void {
  const address = addressOf({ ...place.peek(), ...change });
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  hash.value = location.hash;
}

export function followHash(): () => void {
  const onChange = () => {
    hash.value = location.hash;
  };
  addEventListener('hashchange', onChange);
  addEventListener('popstate', onChange);
  return () => {
    removeEventListener('hashchange', onChange);
    removeEventListener('popstate', onChange);
  };
}
