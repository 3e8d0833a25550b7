/**
 * Goal: the right Home Assistant is used at every start and after every change, and a failing one never.
 * Method: the service over a settings store in memory, with trials that succeed or fail.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ConnectionSettings,
  type ConnectionSettingsDeps,
  type HomeAssistantTarget,
  type Trial,
} from './connection-settings.ts';
import { MemorySettings, silentLog, testClock } from './testing/doubles.ts';

const reported = { url: 'http://told:8123', token: 'a' };
const chosen = { url: 'http://chosen:8123', token: 'b' };

let settings: MemorySettings;
let used: HomeAssistantTarget[];
let trial: Trial;
const open: ConnectionSettings[] = [];

function start(source: ConnectionSettingsDeps['source']): ConnectionSettings {
  const connection = new ConnectionSettings({
    source,
    settings,
    use: (target) => used.push(target),
    attempt: () => Promise.resolve(trial),
    digest: (text) => text.split('').reverse().join(''),
    clock: testClock,
    log: silentLog,
  });
  connection.start();
  open.push(connection);
  return connection;
}

beforeEach(() => {
  vi.useFakeTimers();
  settings = new MemorySettings();
  used = [];
  trial = { kind: 'connected', version: '2026.11.0', energySources: 1 };
});
afterEach(() => {
  for (const connection of open.splice(0)) connection.stop();
  vi.useRealTimers();
});

describe('which Home Assistant', () => {
  it('none, until one is saved; then that one at every start', async () => {
    const connection = start({ kind: 'saved' });
    expect([connection.source(), connection.url(), connection.isTokenSet()]).toEqual(['none', null, false]);
    expect((await connection.change(chosen)).kind).toBe('changed');
    expect(used).toEqual([chosen]);
    const again = start({ kind: 'saved' });
    await vi.advanceTimersByTimeAsync(0);
    expect([again.source(), again.url(), again.isTokenSet()]).toEqual(['saved', chosen.url, true]);
    expect(used).toEqual([chosen, chosen]);
  });

  it('the saved one as soon as the store answers', async () => {
    await start({ kind: 'saved' }).change(chosen);
    settings.isDown = true;
    used = [];
    start({ kind: 'saved' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(used).toEqual([]);
    settings.isDown = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(used).toEqual([chosen]);
  });

  it('the one of the environment, unless the user replaced that very one', async () => {
    const connection = start({ kind: 'environment', ...reported });
    await connection.change(chosen);
    used = [];
    start({ kind: 'environment', ...reported });
    await vi.advanceTimersByTimeAsync(0);
    expect(used).toEqual([reported, chosen]);
    used = [];
    start({ kind: 'environment', ...reported, token: 'another' });
    await vi.advanceTimersByTimeAsync(0);
    expect(used.map((target) => target.token)).toEqual(['another']);
  });

  it('the Supervisor’s, and no other', async () => {
    const connection = start({ kind: 'supervisor' });
    expect([connection.source(), connection.isTokenSet()]).toEqual(['supervisor', true]);
    expect((await connection.change(chosen)).kind).toBe('under_supervisor');
    expect(used).toEqual([]);
  });
});

describe('a change', () => {
  it('that fails its trial is neither saved nor used', async () => {
    const connection = start({ kind: 'environment', ...reported });
    trial = { kind: 'failed', error: 'nobody there' };
    expect(await connection.change(chosen)).toEqual({ kind: 'failed', error: 'nobody there' });
    expect([connection.url(), settings.values.size]).toEqual([reported.url, 0]);
  });

  it('that can’t be saved is not used', async () => {
    const connection = start({ kind: 'saved' });
    settings.isDown = true;
    await expect(connection.change(chosen)).rejects.toThrow();
    expect(used).toEqual([]);
  });
});
