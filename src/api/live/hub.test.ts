/**
 * Goal: every panel ends with the newest values, whatever it missed; memory is bounded.
 * Method: the hub over the sampled home with fake timers; the ring as a property against a plain list.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Reading } from '../../recording/reading.ts';
import { type LiveMessage, liveMessage } from '../../schemas/live.ts';
import { TestApi } from '../testing/test-api.ts';
import { collectMs, LiveHub } from './hub.ts';
import { MessageRing } from './ring.ts';

function watts(entityId: string, atUs: number, value: number): Reading {
  return {
    entityId,
    atUs,
    value,
    absence: null,
    unit: 'W',
    sourceUnit: 'W',
    lastResetAtUs: null,
    origin: 'stream',
  };
}

class Panel {
  readonly messages: LiveMessage[] = [];
  readonly send = (text: string): void => {
    this.messages.push(liveMessage.parse(JSON.parse(text)));
  };
  get lastSeq(): number {
    return this.messages.at(-1)?.seq ?? 0;
  }
}

let api: TestApi;
let hub: LiveHub;
const nowUs = () => Date.now() * 1000;

beforeEach(async () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 8) });
  api = await new TestApi().ready();
  hub = new LiveHub(api.deps);
  hub.start();
});
afterEach(() => {
  hub.stop();
  vi.useRealTimers();
});

describe('a panel', () => {
  it('begins with a snapshot, then hears the newest of each entity four times a second', () => {
    const panel = new Panel();
    hub.join(panel, null);
    for (let i = 0; i < 100; i += 1) {
      api.recording.report(watts('sensor.grid_power', nowUs() + i, i));
      api.recording.report(watts('sensor.solar_power', nowUs() + i, 2 * i));
    }
    vi.advanceTimersByTime(collectMs);
    expect(panel.messages.map((m) => m.type)).toEqual(['snapshot', 'readings']);
    const answered = panel.messages[1];
    if (answered?.type !== 'readings') throw new Error('no readings');
    expect(answered.readings.map((r) => [r.entity_id, r.state])).toEqual([
      ['sensor.grid_power', 99],
      ['sensor.solar_power', 198],
    ]);
    expect(answered.power).toMatchObject({ grid_w: 99, solar_w: 198, home_w: null });
    expect(answered.counts).toEqual({ 'sensor.grid_power': 7, 'sensor.solar_power': 7 });
  });

  it('that comes back hears what it missed, and no more', () => {
    const panel = new Panel();
    const leave = hub.join(panel, null);
    api.recording.report(watts('sensor.grid_power', nowUs(), 1));
    vi.advanceTimersByTime(collectMs);
    const seen = panel.lastSeq;
    leave();
    for (const value of [2, 3]) {
      vi.advanceTimersByTime(1000);
      api.recording.report(watts('sensor.grid_power', nowUs(), value));
      vi.advanceTimersByTime(collectMs);
    }
    const back = new Panel();
    hub.join(back, seen);
    expect(back.messages.map((m) => [m.type, m.seq])).toEqual([
      ['readings', seen + 1],
      ['readings', seen + 2],
    ]);
  });

  it.each([
    ['from before a restart', -1_000_000],
    ['from the future', 1_000_000],
    ['that never was', -1],
  ])('with a number %s begins anew', (_, distance) => {
    const first = new Panel();
    hub.join(first, null);
    const back = new Panel();
    hub.join(back, first.lastSeq + distance);
    expect(back.messages.map((m) => m.type)).toEqual(['snapshot']);
  });

  it('hears a sign of life in a quiet home', () => {
    const panel = new Panel();
    hub.join(panel, null);
    vi.advanceTimersByTime(60_000);
    expect(panel.messages.slice(1).map((m) => (m.type === 'changed' ? m.what : null))).toEqual([
      [],
      [],
      [],
      [],
    ]);
  });

  it('hears what else is worth fetching', async () => {
    const panel = new Panel();
    hub.join(panel, null);
    await api.home.setTracked(['sensor.grid_power']);
    api.homeAssistant.disconnect();
    api.recording.report(watts('sensor.grid_power', nowUs(), 1));
    api.recording.report(watts('sensor.grid_power', nowUs() - 60_000_000, 5));
    vi.advanceTimersByTime(collectMs);
    expect(panel.messages.flatMap((m) => (m.type === 'changed' ? m.what : [])).sort()).toEqual([
      'entities',
      'readings',
      'settings',
      'status',
    ]);
    const answered = panel.messages.find((m) => m.type === 'readings');
    expect(answered?.readings.map((r) => r.state)).toEqual([1]);
  });
});

it('the ring gives every message after a number, or says that some are gone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30 }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 10, max: 400 }),
      fc.integer({ min: -3, max: 65 }),
      (texts, maxCount, maxBytes, since) => {
        const ring = new MessageRing(maxCount, maxBytes);
        texts.forEach((text, index) => {
          ring.push({ seq: index + 1, text });
        });
        const got = ring.after(since, texts.length);
        const wanted = texts.slice(Math.max(0, since)).map((text, i) => ({ seq: since + i + 1, text }));
        if (got === null) {
          const isGone = since < 0 || since > texts.length;
          const isTooMuch =
            wanted.length > maxCount || wanted.reduce((n, m) => n + m.text.length, 0) > maxBytes;
          expect(isGone || isTooMuch).toBe(true);
        } else {
          expect(got).toEqual(wanted);
        }
      },
    ),
  );
});
