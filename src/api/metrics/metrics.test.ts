/**
 * Goal: a scraper can read it, the names follow Prometheus' conventions, and it answers while every store is away.
 * Method: the text is parsed by the format's grammar, written here anew; odd labels and values go there and back.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestApi } from '../testing/test-api.ts';
import { expose, type Metric } from './exposition.ts';

interface Parsed {
  readonly type: string;
  readonly help: string;
  readonly samples: { labels: Record<string, string>; value: number }[];
}

const unescaped = (text: string) =>
  text.replace(/\\(["\\n])/g, (_, one: string) => (one === 'n' ? '\n' : one));

/** Text format 0.0.4, strictly: HELP and TYPE once before the samples of a family, every line ended. */
function parse(text: string): Map<string, Parsed> {
  expect(text.endsWith('\n')).toBe(true);
  const families = new Map<string, Parsed>();
  let help: [string, string] | null = null;
  for (const line of text.slice(0, -1).split('\n')) {
    const helpLine = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    const typeLine = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$/.exec(line);
    if (helpLine) {
      help = [helpLine[1] ?? '', unescaped(helpLine[2] ?? '')];
    } else if (typeLine) {
      const name = typeLine[1] ?? '';
      expect(help?.[0]).toBe(name);
      expect(families.has(name)).toBe(false);
      families.set(name, { type: typeLine[2] ?? '', help: help?.[1] ?? '', samples: [] });
    } else {
      const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|[-+0-9.e]+)$/.exec(line);
      expect(sample, line).not.toBeNull();
      const labels: Record<string, string> = {};
      for (const pair of (sample?.[2] ?? '').matchAll(
        /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/g,
      ))
        labels[pair[1] ?? ''] = unescaped(pair[2] ?? '');
      const value = (sample?.[3] ?? '').replace('Inf', 'Infinity');
      families.get(sample?.[1] ?? '')?.samples.push({ labels, value: Number(value) });
      expect([...families.keys()].at(-1)).toBe(sample?.[1]);
    }
  }
  return families;
}

describe('the text format', () => {
  it('brings any label, help and value there and back', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '{', '}', ',', '=', 'é', ' ') });
    fc.assert(
      fc.property(text, text, fc.double(), (help, label, value) => {
        const metric: Metric = {
          name: 'x_seconds',
          type: 'gauge',
          help,
          samples: [{ labels: { label, other: 'b' }, value }],
        };
        const found = parse(expose([metric])).get('x_seconds');
        expect(found?.help).toBe(help);
        expect(found?.samples).toEqual([
          { labels: { label, other: 'b' }, value: Object.is(value, -0) ? 0 : value },
        ]);
      }),
    );
  });

  it('leaves out what is not known', () => {
    const metric = (value: number | null): Metric => ({
      name: 'x',
      type: 'gauge',
      help: 'x',
      samples: [{ value }],
    });
    expect(expose([metric(null)])).toBe('');
    expect(expose([metric(0)])).toContain('x 0\n');
  });
});

describe('GET /metrics', () => {
  it('is read, and named as is usual', async () => {
    const api = await new TestApi().ready();
    const response = await api.fetch('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const families = parse(await response.text());
    for (const [name, { type, help, samples }] of families) {
      expect(name).toMatch(/^(energy_ledger|process)_[a-z0-9]+(_[a-z0-9]+)*$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name).not.toMatch(/_(ms|us|kb|mb|minutes|milliseconds)(_|$)/);
      expect(help).toMatch(/^[A-Z0-9].*\.$/);
      const keys = samples.map(({ labels }) => JSON.stringify(labels));
      expect(new Set(keys).size, name).toBe(keys.length);
    }
    const value = (name: string, labels = {}) =>
      families.get(name)?.samples.find((one) => JSON.stringify(one.labels) === JSON.stringify(labels))?.value;
    expect(value('energy_ledger_readings_received_total')).toBe(3);
    expect(value('energy_ledger_readings_duplicate_total')).toBe(4);
    expect(value('energy_ledger_heartbeat_silences_total')).toBe(0);
    expect(value('energy_ledger_readings_out_of_order_total')).toBe(2);
    expect(value('energy_ledger_clock_drift_seconds')).toBe(-1.5);
    expect(value('energy_ledger_disk_free_bytes')).toBe(7_000_000_000);
    expect(value('energy_ledger_readings_rejected_total', { reason: 'not_a_number' })).toBe(1);
    expect(value('energy_ledger_home_assistant_connection', { state: 'connected' })).toBe(1);
    expect(value('energy_ledger_build_info', { version: '1.2.3', node: process.versions.node })).toBe(1);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('answers while the stores are away, with open tickets by kind where they are known', async () => {
    const api = await new TestApi().ready();
    api.storesUp.questdb = false;
    api.readings.isDown = true;
    const tickets = api.integrity.tickets;
    const before = parse(await (await api.fetch('/metrics')).text());
    expect(before.has('energy_ledger_tickets_open')).toBe(false);
    expect(before.get('energy_ledger_store_up')?.samples).toContainEqual({
      labels: { store: 'questdb' },
      value: 0,
    });
    const finding = {
      kind: 'gap',
      entityId: null,
      startUs: 1,
      endUs: 2,
      statement: { code: 'gap_of_home', values: { lastedUs: 1, isOpen: true } },
      evidence: [],
    } as const;
    await tickets.report(
      [{ finding: { ...finding, relatedEntityId: null, choices: ['accept'] }, handling: 'ask' }],
      null,
      null,
    );
    const samples = parse(await (await api.fetch('/metrics')).text()).get(
      'energy_ledger_tickets_open',
    )?.samples;
    expect(samples).toContainEqual({ labels: { kind: 'gap' }, value: 1 });
    expect(samples).toContainEqual({ labels: { kind: 'frozen' }, value: 0 });
  });

  it('is for ingress and this machine only', async () => {
    const api = await new TestApi().ready();
    expect((await api.fetch('/metrics', { from: '192.168.1.9' })).status).toBe(403);
    expect((await api.fetch('/metrics', { headers: { host: 'evil.example' } })).status).toBe(403);
  });
});
