/**
 * The address after `#`: page, period and selection, so that back works and a link can be sent. Pure; what is not
 * understood falls back to the page's default instead of failing.
 */
import { type Period, periodFromParams, periodToParams } from './period/period.ts';

export const pages = [
  'now',
  'energy',
  'devices',
  'peaks',
  'prices',
  'readings',
  'health',
  'settings',
] as const;
export type Page = (typeof pages)[number];

/** What a period is held against: nothing, the one before, or the same a year earlier. */
export const comparisons = ['none', 'previous', 'year'] as const;
export type Compare = (typeof comparisons)[number];

/** A part of the period that was zoomed into, in epoch seconds. */
export interface Zoom {
  readonly startS: number;
  readonly endS: number;
}

export interface Place {
  readonly page: Page;
  /** Null: the day that is now, and it moves on at midnight. */
  readonly period: Period | null;
  readonly entityId: string | null;
  /** A grid connection; null for the home's own. */
  readonly connectionId: string | null;
  readonly zoom: Zoom | null;
  readonly compare: Compare;
}

const connectionIdPattern = /^[a-z0-9][a-z0-9_-]{0,31}$/;
const entityIdPattern = /^[a-z][a-z0-9_]*\.[a-z0-9_]+$/;

function isPage(name: string): name is Page {
  return (pages as readonly string[]).includes(name);
}

function parseCompare(text: string | null): Compare {
  return comparisons.find((one) => one === text) ?? 'none';
}

function parseZoom(text: string | null): Zoom | null {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '');
  if (match === null) return null;
  const [startS, endS] = [Number(match[1]), Number(match[2])];
  return startS < endS && endS < 1e11 ? { startS, endS } : null;
}

export function parseHash(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const params = new URLSearchParams(query);
  const entityId = params.get('entity');
  const connectionId = params.get('connection') ?? '';
  return {
    page: isPage(path) ? path : 'now',
    period: periodFromParams(params),
    entityId: entityId !== null && entityIdPattern.test(entityId) ? entityId : null,
    connectionId: connectionIdPattern.test(connectionId) ? connectionId : null,
    zoom: parseZoom(params.get('zoom')),
    compare: parseCompare(params.get('compare')),
  };
}

export function formatHash(place: Place): string {
  const params = new URLSearchParams();
  if (place.entityId !== null) params.set('entity', place.entityId);
  if (place.connectionId !== null) params.set('connection', place.connectionId);
  for (const [name, value] of Object.entries(periodToParams(place.period))) params.set(name, value);
  if (place.zoom !== null) params.set('zoom', `${place.zoom.startS}-${place.zoom.endS}`);
  if (place.compare !== 'none') params.set('compare', place.compare);
  const query = params.toString();
  return `#/${place.page}${query === '' ? '' : `?${query}`}`;
}
