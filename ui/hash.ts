/**
 * Parses and formats the address hash: page, period and selection, so that back works and links can be shared. Pure.
 * Invalid parts fall back to the page's defaults.
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

/** What a period is compared with: nothing, the period before it, or the same period a year earlier. */
export const comparisons = ['none', 'previous', 'year'] as const;
export type Compare = (typeof comparisons)[number];

/** The part of the period that is zoomed into, epoch seconds. */
interface Zoom {
  readonly startS: number;
  readonly endS: number;
}

export interface Route {
  readonly page: Page;
  /** Null: today; moves on at midnight. */
  readonly period: Period | null;
  readonly entityId: string | null;
  /** A grid connection; null: the home's own. */
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

export function parseHash(hash: string): Route {
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

export function formatHash(route: Route): string {
  const params = new URLSearchParams();
  if (route.entityId !== null) params.set('entity', route.entityId);
  if (route.connectionId !== null) params.set('connection', route.connectionId);
  for (const [name, value] of Object.entries(periodToParams(route.period))) params.set(name, value);
  if (route.zoom !== null) params.set('zoom', `${route.zoom.startS}-${route.zoom.endS}`);
  if (route.compare !== 'none') params.set('compare', route.compare);
  const query = params.toString();
  return `#/${route.page}${query === '' ? '' : `?${query}`}`;
}
