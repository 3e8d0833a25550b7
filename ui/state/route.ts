/** The panel's current route, read from the address hash, and how to change it. */
import { computed, signal } from '@preact/signals';
import { formatHash, type Page, parseHash, type Route } from '../hash.ts';

const hash = signal(typeof location === 'undefined' ? '' : location.hash);

export const route = computed<Route>(() => parseHash(hash.value));

/** Includes path and query: a bare "#…" resolves against <base href>, which may differ from the address. */
export function addressOf(target: Route): string {
  return `${location.pathname}${location.search}${formatHash(target)}`;
}

/** A link to a page. Keeps the period, and within the same page also its connection and comparison. */
export function pageAddress(page: Page, entityId: string | null = null): string {
  const { period, compare, connectionId, page: current } = route.value;
  return addressOf({
    page,
    entityId,
    connectionId: page === current ? connectionId : null,
    period: page === 'settings' || page === 'now' ? null : period,
    zoom: null,
    compare: page === current ? compare : 'none',
  });
}

/** `replace`: a step that the browser's back button skips. */
export function navigate(change: Partial<Route>, { replace = false } = {}): void {
  const address = addressOf({ ...route.peek(), ...change });
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
