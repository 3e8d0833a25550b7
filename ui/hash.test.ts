/**
 * Goal: the address contains the whole route, and no text in it breaks the page.
 * Method: round trips by examples; arbitrary text by property.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatHash, parseHash } from './hash.ts';

describe('hash', () => {
  it.each([
    '#/now',
    '#/settings',
    '#/readings?entity=sensor.grid_power&period=month&at=2026-11',
    '#/readings?entity=sensor.grid_power&period=range&from=2026-10-01&to=2026-10-31',
    '#/energy?period=month&at=2026-11&compare=year',
    '#/devices?period=week&at=2026-11-16',
    '#/peaks?period=month&at=2026-10',
    '#/peaks?connection=the-annex&period=month&at=2026-10',
    '#/health?period=day&at=2026-11-21',
    '#/readings?entity=sensor.a&period=day&at=2026-11-21&zoom=1795212000-1795215600.5',
  ])('%s survives a round trip', (hash) => {
    expect(formatHash(parseHash(hash))).toBe(hash);
  });

  it('opens Now for an unknown page', () => {
    expect(parseHash('')).toEqual({
      page: 'now',
      period: null,
      entityId: null,
      connectionId: null,
      zoom: null,
      compare: 'none',
    });
    expect(parseHash('#/nowhere').page).toBe('now');
  });

  it('drops invalid parts', () => {
    expect(
      parseHash('#/readings?entity=<script>&zoom=9-3&period=day&at=x&compare=me&connection=A%20b'),
    ).toEqual({
      page: 'readings',
      period: null,
      entityId: null,
      connectionId: null,
      zoom: null,
      compare: 'none',
    });
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void formatHash(parseHash(`#${text}`))));
  });
});
