/**
 * Goal: the home knows its entities and who is tracked in every order of things: store first, Home Assistant first,
 * either away, entities renamed, gone, new, named later.
 * Method: the service with stand-ins that can be away, on fake timers.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Home, type HomeChange } from './home.ts';
import { HomeAssistantUnavailable } from './home-assistant.ts';
import {
  FakeHomeAssistant,
  fakeNowUs,
  MemoryEntityStore,
  MemorySettings,
  sensorState,
  silentLog,
  testClock,
} from './testing/doubles.ts';

let homeAssistant: FakeHomeAssistant;
let entityStore: MemoryEntityStore;
let settings: MemorySettings;
let home: Home;
let changes: HomeChange[];

function newHome(trackedOption: readonly string[] = []): Home {
  const made = new Home({
    homeAssistant,
    entityStore,
    settings,
    clock: testClock,
    log: silentLog,
    trackedOption,
  });
  made.onChange((change) => changes.push(change));
  return made;
}
const trackedIds = () => home.tracked().map((entity) => entity.entityId);
const settle = (ms = 100) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: fakeNowUs / 1000 });
  homeAssistant = new FakeHomeAssistant();
  entityStore = new MemoryEntityStore();
  settings = new MemorySettings();
  changes = [];
  home = newHome();
});
afterEach(async () => {
  await home.stop();
  vi.useRealTimers();
});

describe('the first run', () => {
  it('tracks what the preferences name with its power, offers the rest, and saves both', async () => {
    homeAssistant.connect();
    home.start();
    await settle();
    expect(home.entities()).toHaveLength(34);
    expect(home.tracked()).toHaveLength(27);
    expect(home.entity('sensor.home_energy')).toMatchObject({ isTracked: false, isActive: true });
    expect([...entityStore.documents.values()].filter((e) => e.isTracked)).toHaveLength(27);
    expect(home.config()?.timeZone).toBe('Europe/Brussels');
    expect(changes).toContain('tracked');
  });

  it('adds what the option names, once: the panel has the last word', async () => {
    home = newHome(['sensor.home_energy', 'sensor.not_there_yet']);
    homeAssistant.connect();
    home.start();
    await settle();
    expect(trackedIds()).toContain('sensor.home_energy');
    await home.setTracked(['sensor.grid_power']);
    await home.discover();
    expect(trackedIds()).toEqual(['sensor.grid_power']);
    homeAssistant.currentStates.push(sensorState('sensor.not_there_yet', 'kWh', 'energy', 'total'));
    await home.discover();
    expect(trackedIds()).toEqual(['sensor.grid_power', 'sensor.not_there_yet']);
  });
});

describe('the user’s choice', () => {
  beforeEach(async () => {
    homeAssistant.connect();
    home.start();
    await settle();
  });

  it('is exactly what was chosen, and stays after discovery and restart', async () => {
    const outcome = await home.setTracked(['sensor.home_energy', 'sensor.grid_power', 'sensor.grid_power']);
    expect(outcome).toEqual({ kind: 'tracked', entityIds: ['sensor.grid_power', 'sensor.home_energy'] });
    await home.discover();
    await home.stop();
    home = newHome();
    home.start();
    await settle();
    expect(trackedIds()).toEqual(['sensor.grid_power', 'sensor.home_energy']);
  });

  it('refuses unknown ids and then changes nothing', async () => {
    const before = trackedIds();
    expect(await home.setTracked(['sensor.grid_power', 'sensor.nobody'])).toEqual({
      kind: 'unknown_entities',
      entityIds: ['sensor.nobody'],
    });
    expect(trackedIds()).toEqual(before);
  });

  it('is not changed in memory when it can’t be saved', async () => {
    const before = trackedIds();
    entityStore.isDown = true;
    await expect(home.setTracked(['sensor.grid_power'])).rejects.toThrow();
    expect(trackedIds()).toEqual(before);
  });
});

describe('later discoveries', () => {
  beforeEach(async () => {
    homeAssistant.connect();
    home.start();
    await settle();
    await home.setTracked(['sensor.grid_power', 'sensor.oven_energy']);
    changes = [];
  });

  it('come with every change of the registry and every five minutes', async () => {
    const before = homeAssistant.asked;
    homeAssistant.changeRegistry();
    await settle();
    expect(homeAssistant.asked).toBe(before + 1);
    await settle(10 * 60_000);
    expect(homeAssistant.asked).toBeGreaterThanOrEqual(before + 3);
  });

  it('offer a new entity, and track it when the preferences name it', async () => {
    homeAssistant.currentStates.push(
      sensorState('sensor.sauna', 'kWh', 'energy', 'total_increasing'),
      sensorState('sensor.pool', 'kWh', 'energy', 'total_increasing'),
    );
    homeAssistant.preferences = { device_consumption: [{ stat_consumption: 'sensor.pool' }] };
    await home.discover();
    expect(home.entity('sensor.sauna')?.isTracked).toBe(false);
    expect(home.entity('sensor.pool')?.isTracked).toBe(true);
  });

  it('track a known one when the preferences begin to name it, and not what the user left out', async () => {
    homeAssistant.preferences = {
      device_consumption: [
        { stat_consumption: 'sensor.home_energy' },
        { stat_consumption: 'sensor.fridge_energy' },
      ],
    };
    await home.discover();
    expect(trackedIds()).toEqual([
      'sensor.grid_power',
      'sensor.home_energy',
      'sensor.home_power',
      'sensor.oven_energy',
    ]);
  });

  it('keep a gone entity, inactive and still tracked, and take it up again', async () => {
    const states = homeAssistant.currentStates;
    homeAssistant.currentStates = states.filter((s) => s.entityId !== 'sensor.oven_energy');
    await home.discover();
    expect(home.entity('sensor.oven_energy')).toMatchObject({ isActive: false, isTracked: true });
    expect(home.missing().map((m) => m.statisticId)).toEqual(['sensor.oven_energy']);
    homeAssistant.currentStates = states;
    await home.discover();
    expect(home.entity('sensor.oven_energy')).toMatchObject({ isActive: true, isTracked: true });
    expect(home.missing()).toEqual([]);
  });

  it('are known for missing after a start without Home Assistant: a home without its grid is not another home', async () => {
    const states = homeAssistant.currentStates;
    homeAssistant.currentStates = states.filter((s) => s.entityId !== 'sensor.grid_export');
    await home.discover();
    expect(changes).toContain('entities');
    const unknown = {
      statisticId: 'sensor.grid_export',
      entityId: 'sensor.grid_export',
      role: 'grid_export',
      reason: 'no_entity',
    };
    expect(home.unknownSources()).toContainEqual(unknown);
    homeAssistant.disconnect();
    await home.stop();
    home = newHome();
    home.start();
    await settle();
    expect(home.unknownSources()).toContainEqual(unknown);
  });

  it('are none less while an external statistic is named: it is tracked and nobody subscribes to it', async () => {
    const grid = { type: 'grid', stat_energy_from: 'opower:grid' };
    homeAssistant.preferences = { energy_sources: [grid] };
    homeAssistant.externals = [{ statisticId: 'opower:grid', name: null, unit: 'Wh' }];
    await home.discover();
    expect(home.entity('opower:grid')).toMatchObject({ isTracked: true, quantity: 'energy', unit: 'Wh' });
    expect(home.tracked().map(({ entityId }) => entityId)).toContain('opower:grid');
    expect(home.recorded().map(({ entityId }) => entityId)).not.toContain('opower:grid');
    homeAssistant.externals = [];
    await home.discover();
    expect(home.entity('opower:grid')).toMatchObject({ isActive: false });
    expect(home.unknownSources()).toEqual([
      { statisticId: 'opower:grid', entityId: 'opower:grid', role: 'grid_import', reason: 'no_statistic' },
    ]);
  });

  it('follow a renamed entity, and its tracking goes along', async () => {
    homeAssistant.currentStates = homeAssistant.currentStates.map((s) =>
      s.entityId === 'sensor.oven_energy' ? { ...s, entityId: 'sensor.stove' } : s,
    );
    const { entities, ...rest } = homeAssistant.currentRegistries;
    homeAssistant.currentRegistries = {
      ...rest,
      entities: entities.map((e) =>
        e.entityId === 'sensor.oven_energy' ? { ...e, entityId: 'sensor.stove' } : e,
      ),
    };
    await home.discover();
    expect(trackedIds()).toEqual(['sensor.grid_power', 'sensor.stove']);
    expect(home.entity('sensor.stove')?.role).toBe('device');
    expect(home.missing()).toEqual([]);
    expect(changes).toContain('tracked');

    homeAssistant.currentStates = new FakeHomeAssistant().currentStates;
    homeAssistant.currentRegistries = new FakeHomeAssistant().currentRegistries;
    await home.discover();
    expect(trackedIds()).toEqual(['sensor.grid_power', 'sensor.oven_energy']);
  });

  it('take no states at all for a Home Assistant that starts, not for a home without entities', async () => {
    homeAssistant.currentStates = [];
    await expect(home.discover()).rejects.toThrow(HomeAssistantUnavailable);
    expect(home.entity('sensor.oven_energy')?.isActive).toBe(true);
  });
});

describe('without the document store', () => {
  beforeEach(() => {
    entityStore.isDown = true;
    settings.isDown = true;
  });

  it('waits a little for the user’s choice, then goes by the preferences', async () => {
    homeAssistant.connect();
    home.start();
    await settle(10_000);
    expect(home.entities()).toEqual([]);
    await settle(20_000);
    expect(home.tracked()).toHaveLength(27);
  });

  it('takes the stored choice when the store comes back, and saves what it found', async () => {
    await settleStored();
    homeAssistant.connect();
    home.start();
    await settle(30_000);
    expect(home.tracked()).toHaveLength(27);
    entityStore.isDown = false;
    settings.isDown = false;
    await settle(10_000);
    expect(trackedIds()).toEqual(['sensor.fridge_energy']);
    expect(entityStore.documents.size).toBe(34);
  });

  async function settleStored(): Promise<void> {
    entityStore.isDown = false;
    settings.isDown = false;
    const first = newHome();
    homeAssistant.connect();
    first.start();
    await settle();
    await first.setTracked(['sensor.fridge_energy']);
    await first.stop();
    homeAssistant.disconnect();
    entityStore.isDown = true;
    settings.isDown = true;
    changes = [];
  }
});

describe('without Home Assistant', () => {
  it('knows the home from the store', async () => {
    homeAssistant.connect();
    home.start();
    await settle();
    await home.stop();
    homeAssistant.disconnect();
    home = newHome();
    home.start();
    await settle();
    expect(home.tracked()).toHaveLength(27);
    expect(home.config()).toMatchObject({ timeZone: 'Europe/Brussels', currency: 'EUR' });
    await expect(home.discover()).rejects.toThrow(HomeAssistantUnavailable);
  });

  it('looks again when it comes, and tries again when it can’t answer yet', async () => {
    home.start();
    await settle();
    homeAssistant.currentStates = [];
    homeAssistant.connect();
    await settle();
    expect(home.entities()).toEqual([]);
    homeAssistant.currentStates = new FakeHomeAssistant().currentStates;
    await settle(5000);
    expect(home.tracked()).toHaveLength(27);
  });
});
