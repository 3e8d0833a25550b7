/**
 * Goal: the demo home's answers have the shape of a real Home Assistant's.
 * Method: facts taken from messages recorded of Core 2026.11.0 (one example of each, as literals) against what the
 * demo home answers: the same keys, the same types; null goes with anything.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoHome, startDemoHome } from '../demo-home.ts';
import {
  area,
  attributes,
  config,
  context,
  deviceEntry,
  entityEntry,
  floor,
  recorderInfo,
  row,
  state,
  statisticId,
  user,
  validation,
} from './recorded-of-core.ts';
import { BareClient, until } from './test-client.ts';

const nowUs = Date.parse('2026-11-16T17:30:20Z') * 1000;
const fridge = 'sensor.fridge_energy';
const power = 'sensor.p1_meter_power';

/** What is different, as paths; empty when the shapes agree. */
function differences(real: unknown, own: unknown, path = ''): string[] {
  if (real === null || own === null) return [];
  if (Array.isArray(real) && Array.isArray(own)) {
    const [example] = real;
    return example === undefined ? [] : own.flatMap((item, i) => differences(example, item, `${path}[${i}]`));
  }
  const kind = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);
  if (kind(real) !== kind(own)) return [`${path}: ${kind(real)} is ${kind(own)}`];
  if (typeof real !== 'object' || typeof own !== 'object') return [];
  const keys = new Set([...Object.keys(real), ...Object.keys(own)]);
  return [...keys].flatMap((key) => {
    const [a, b] = [real, own].map((one) => (one as Record<string, unknown>)[key]);
    if (a === undefined) return [`${path}.${key}: not in Core`];
    if (b === undefined) return [`${path}.${key}: missing`];
    return differences(a, b, `${path}.${key}`);
  });
}

let demo: DemoHome;
let client: BareClient;

beforeAll(async () => {
  const clock = { nowUs: () => nowUs };
  demo = await startDemoHome({ token: 'good', clock, paceMs: 0, installedOn: '2026-11-01' });
  client = new BareClient(demo.url);
  await client.authenticate('good');
});

afterAll(async () => {
  client.close();
  await demo.stop();
});

const start_time = new Date(nowUs / 1000 - 3 * 3_600_000).toISOString();

/** Command → the result that Core gave to one like it. */
const recorded: readonly (readonly [string, object, unknown])[] = [
  ['get_config', {}, config],
  ['config/device_registry/list', {}, [deviceEntry]],
  ['config/area_registry/list', {}, [area]],
  ['config/floor_registry/list', {}, [floor]],
  ['config/auth/list', {}, [user]],
  ['energy/info', {}, { cost_sensors: {}, solar_forecast_domains: [] }],
  ['energy/validate', {}, validation],
  ['recorder/info', {}, recorderInfo],
  ['recorder/list_statistic_ids', {}, [statisticId]],
  ['recorder/get_statistics_metadata', { statistic_ids: [fridge] }, [statisticId]],
  [
    'recorder/statistics_during_period',
    { start_time, period: 'hour', statistic_ids: [fridge, power] },
    { [fridge]: [row], [power]: [row] },
  ],
  ['recorder/statistics_during_period', { start_time, period: 'hour', statistic_ids: ['sensor.no'] }, {}],
  [
    'recorder/statistic_during_period',
    { statistic_id: fridge, calendar: { period: 'month' } },
    { max: null, mean: null, min: null, change: 383.9 },
  ],
  [
    'history/history_during_period',
    { start_time, entity_ids: [power], minimal_response: true, no_attributes: true },
    { [power]: [{ s: '1351.0', lu: 1795245926.278223 }] },
  ],
  [
    'history/history_during_period',
    { start_time, entity_ids: [fridge] },
    { [fridge]: [{ s: '865.0', a: attributes, lu: 1795249286.075 }] },
  ],
  ['supported_features', { features: { coalesce_messages: 1 } }, null],
];

describe('answers', () => {
  it.each(recorded)('%s %j is as Core answers it', async (type, more, result) => {
    const answer = await client.ask({ type, ...more });
    expect(answer.success).toBe(true);
    expect(differences(result, answer.result)).toEqual([]);
    if (Array.isArray(result)) expect(answer.result.length).toBeGreaterThan(0);
  });

  it('list entities as Core does', async () => {
    const entries = (await client.ask({ type: 'config/entity_registry/list' })).result;
    const one = entries.find((entry: { entity_id: string }) => entry.entity_id === fridge);
    expect(differences(entityEntry, one)).toEqual([]);
    for (const entry of entries) expect(Object.keys(entry).sort()).toEqual(Object.keys(entityEntry).sort());
    const display = (await client.ask({ type: 'config/entity_registry/list_for_display' })).result;
    const short = {
      ei: fridge,
      pl: 'energy_rig',
      lb: [],
      di: '10ba',
      np: 'device',
      en: 'Fridge energy',
      dp: 1,
    };
    expect(
      differences(
        short,
        display.entities.find(({ ei }: { ei: string }) => ei === fridge),
      ),
    ).toEqual([]);
    expect(display.entity_categories).toEqual({ '0': 'config', '1': 'diagnostic' });
  });

  it('send states and changes as Core does', async () => {
    const states = (await client.ask({ type: 'get_states' })).result;
    expect(
      differences(
        state,
        states.find((one: { entity_id: string }) => one.entity_id === fridge),
      ),
    ).toEqual([]);
    await client.ask({ type: 'subscribe_events', event_type: 'state_changed' });
    await client.ask({ type: 'subscribe_entities', entity_ids: [fridge] });
    demo.emit(fridge, '999999');
    const events = () => client.messages().filter((message) => message.type === 'event');
    await until(() => events().length === 3);
    const changed = {
      type: 'event',
      event: {
        event_type: 'state_changed',
        data: { entity_id: fridge, old_state: state, new_state: state },
        origin: 'LOCAL',
        time_fired: '2026-11-21T07:26:00.276087+00:00',
        context,
      },
      id: 29,
    };
    const compressed = {
      s: '11907.038',
      a: attributes,
      c: '01M7YFYH9PZ4TSDD8PVVXADRET',
      lc: 1795245950.2629254,
    };
    const added = { id: 31, type: 'event', event: { a: { [fridge]: compressed } } };
    const difference = { s: '1316.0', lc: 1795245957.2719946, c: '01M7YFYR4Q5YQPQY6Z65HVXBHQ' };
    const reported = { type: 'event', event: { c: { [fridge]: { '+': difference } } }, id: 31 };
    const find = (key: string) => events().find(({ event }) => key in event);
    expect(differences(changed, find('event_type'))).toEqual([]);
    expect(differences(added, find('a'))).toEqual([]);
    expect(differences(reported, find('c'))).toEqual([]);
    const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/;
    for (const one of states)
      for (const key of ['last_changed', 'last_updated', 'last_reported']) expect(one[key]).toMatch(iso);
    expect(
      states.every((one: { context: { id: string } }) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(one.context.id)),
    ).toBe(true);
  });

  it('would be caught if they were not', () => {
    expect(differences({ a: 1, b: { c: 'x' } }, { a: '1', b: {}, d: 0 })).toEqual([
      '.a: number is string',
      '.b.c: missing',
      '.d: not in Core',
    ]);
  });
});
