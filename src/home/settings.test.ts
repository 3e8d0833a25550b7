/**
 * Goal: a setting is read as its type or as its fallback, whatever is stored; a value that does not fit is logged once,
 * without the value; values of older programs are read.
 * Method: settings over a store in memory, with a log that keeps its lines.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Log } from '../runtime/log.ts';
import { loadRecord } from './home-record.ts';
import { fitting, Settings, setting, settingOf } from './settings.ts';
import { MemoryEntityStore, MemorySettings, silentLog } from './testing/doubles.ts';

const count = setting<number | null>({ key: 'test_count', schema: z.number(), fallback: null });
const names = setting<readonly string[]>({ key: 'test_names', schema: fitting(z.string()), fallback: [] });
const span = setting<{ readonly endUs: number } | null>({
  key: 'test_span',
  schema: z.object({ untilUs: z.number() }).transform(({ untilUs }) => ({ endUs: untilUs })),
  fallback: null,
  migrate: (stored) => (typeof stored === 'number' ? { untilUs: stored } : stored),
  toStored: (value) => value && { untilUs: value.endUs },
});

let lines: object[];
let settings: MemorySettings;
const log: Log = { ...silentLog, warn: (fields) => void lines.push(fields) };

beforeEach(() => {
  lines = [];
  settings = new MemorySettings(log);
});

describe('a setting', () => {
  it('returns its fallback while nothing is stored, and what was set afterwards', async () => {
    expect(await settings.get(count)).toBeNull();
    await settings.set(count, 0, 1);
    expect(await settings.get(count)).toBe(0);
    await settings.set(count, null, 2);
    expect(await settings.get(count)).toBeNull();
    expect(lines).toEqual([]);
  });

  it('keeps its stored names, and reads the value of an older program', async () => {
    await settings.set(span, { endUs: 5 }, 1);
    expect(settings.values.get('test_span')).toEqual({ untilUs: 5 });
    expect(await settings.get(span)).toEqual({ endUs: 5 });
    settings.values.set('test_span', 7);
    expect(await settings.get(span)).toEqual({ endUs: 7 });
  });

  it('returns a value of its type or the fallback, whatever JSON is stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (stored) => {
        for (const { key } of [count, names, span]) settings.values.set(key, stored);
        const isNumber = typeof stored === 'number';
        expect(await settings.get(count)).toBe(isNumber ? stored : null);
        const strings = Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
        expect(await settings.get(names)).toEqual(strings);
        if (isNumber) expect(await settings.get(span)).toEqual({ endUs: stored });
      }),
    );
  });

  it('logs a value that does not fit once, and not the value', async () => {
    settings.values.set('test_count', 'a secret');
    for (let times = 0; times < 3; times += 1) expect(await settings.get(count)).toBeNull();
    expect(lines).toMatchObject([{ key: 'test_count' }]);
    expect(JSON.stringify(lines)).not.toContain('secret');
    settings.values.set('test_span', {});
    expect(await settings.get(span)).toBeNull();
    expect(lines).toMatchObject([{ key: 'test_count' }, { key: 'test_span' }]);
  });

  it('takes text that is not JSON for absent, and rejects when the store is down', async () => {
    const store = { get: async () => JSON.parse('{"cut'), set: async () => undefined };
    expect(await new Settings(store, log).get(count)).toBeNull();
    expect(lines).toMatchObject([{ key: 'test_count' }]);
    settings.isDown = true;
    await expect(settings.get(count)).rejects.toThrow('down');
    await expect(settings.set(count, 1, 1)).rejects.toThrow('down');
  });

  it('of one of many has a key of its own', async () => {
    await settings.set(settingOf(count, '_a'), 1, 1);
    expect([...settings.values]).toEqual([['test_count_a', 1]]);
    expect(await settings.get(settingOf(count, '_b'))).toBeNull();
  });

  it('is registered once', () => {
    expect(() => setting(count)).toThrow('The setting test_count is registered twice');
  });
});

describe('the home’s record', () => {
  it('is read as older programs stored it', async () => {
    const config = { timeZone: 'Europe/Brussels', currency: 'EUR', language: 'nl' };
    settings.values.set('home_config', config);
    settings.values.set('tracked_option', ['sensor.a', 7]);
    const missing = { statisticId: 'sensor.b', role: 'solar', reason: 'no_entity' };
    settings.values.set('missing_statistics', [missing, { ...missing, entityId: 'sensor.c' }]);
    expect(await loadRecord(new MemoryEntityStore(), settings)).toEqual({
      entities: [],
      config: { ...config, country: null, version: '' },
      appliedOption: new Set(['sensor.a']),
      missing: [
        { ...missing, entityId: 'sensor.b' },
        { ...missing, entityId: 'sensor.c' },
      ],
    });
    expect(lines).toEqual([]);
  });

  it('is empty where what is stored does not fit', async () => {
    for (const key of ['home_config', 'tracked_option', 'missing_statistics'])
      settings.values.set(key, [{ role: 'no role' }]);
    expect(await loadRecord(new MemoryEntityStore(), settings)).toEqual({
      ...{ entities: [], config: null, appliedOption: new Set(), missing: null },
    });
    expect(lines).toMatchObject([{ key: 'home_config' }, { key: 'missing_statistics' }]);
  });
});
