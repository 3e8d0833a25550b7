/**
 * Goal: a source in the energy preferences that is not counted is unknown, and makes the balance unknown.
 * Method: small homes through discovery, one rule each: a statistic that does not exist, an external one, one that is
 * not tracked, one in another unit, one that was renamed away.
 */
import { describe, expect, it } from 'vitest';
import { flowIds, flowIdsOf, postFlows, totalIds } from '../balance/flow-posting.ts';
import { balanceSources, sourceIds } from '../balance/sources.ts';
import type { Entry } from '../ledger/entries/entry.ts';
import { discover } from './discovery.ts';
import type { KnownEntity } from './entity.ts';
import type { HomeStatistic, Registries } from './home-assistant.ts';
import { mergeDiscovery } from './known-entities.ts';
import { fakeNowUs, sensorState } from './testing/doubles.ts';
import { unknownSources } from './unknown-sources.ts';

const grid = 'opower:elec_energy_consumption';
const solar = 'sensor.roof';
const sources = (from: string, to: string | null = null) => [
  { type: 'grid', stat_energy_from: from, stat_energy_to: to },
  { type: 'solar', stat_energy_from: solar },
];
const meter = (id: string, unit = 'kWh', kind = 'energy') => sensorState(id, unit, kind, 'total_increasing');
const noRegistries: Registries = { entities: [], devices: [], areas: [] };

function look(
  energySources: unknown,
  states: readonly ReturnType<typeof sensorState>[],
  known: ReadonlyMap<string, KnownEntity> = new Map(),
  externals: readonly HomeStatistic[] = [],
  registries: Registries = noRegistries,
) {
  const preferences = { energy_sources: energySources };
  const found = discover({
    ...{ states: [...states], registries, preferences, externals },
    ...{ known: [...known.values()], keep: new Set<string>() },
  });
  const merged = mergeDiscovery(known, found, new Set(), fakeNowUs);
  const unknown = unknownSources([...merged.values()], found.missing);
  return { merged, found, unknown, sources: balanceSources([...merged.values()], unknown) };
}

describe('unknown sources', () => {
  it('are an external statistic that Home Assistant does not have, and a deleted entity', () => {
    const { unknown, sources: named } = look(sources(grid, 'sensor.gone'), [meter(solar)]);
    expect(unknown).toEqual([
      { statisticId: grid, entityId: grid, role: 'grid_import', reason: 'no_statistic' },
      { statisticId: 'sensor.gone', entityId: 'sensor.gone', role: 'grid_export', reason: 'no_entity' },
    ]);
    expect(named).toMatchObject({ gridIn: [grid], gridOut: ['sensor.gone'], solar: [solar] });
    // The home has a grid, and nothing that needs it is known; the sun is.
    expect(flowIdsOf(named)).toContain(totalIds.gridIn);
    const quarter: Entry = {
      ...{ kind: 'quantity', quarterHourStartUs: 0, amountMicro: 10, quality: 'measured', coveredUs: 1 },
      ...{ reason: 'counted', firstEvidenceUs: 0, lastEvidenceUs: 1, isProvisional: false, onTimeUs: null },
    };
    const flows = postFlows(named, new Map([[solar, [quarter]]]));
    expect(flows.get(flowIds.homeMwh)).toEqual([]);
    expect(flows.get(totalIds.gridIn)).toEqual([]);
    expect(flows.get(totalIds.solar)).toHaveLength(1);
  });

  it('are none when the external statistic is there: it counts by its sums', () => {
    const {
      merged,
      unknown,
      sources: named,
    } = look(sources(grid), [meter(solar)], new Map(), [
      { statisticId: grid, name: 'Grid of the supplier', unit: 'kWh' },
    ]);
    expect(unknown).toEqual([]);
    expect(named.gridIn).toEqual([grid]);
    expect(merged.get(grid)).toMatchObject({
      ...{ name: 'Grid of the supplier', quantity: 'energy', stateClass: 'total', role: 'grid_import' },
      ...{ isTracked: true, isActive: true, foundBy: 'preferences' },
    });
    const inEuro = look(sources(grid), [meter(solar)], new Map(), [
      { statisticId: grid, name: null, unit: 'EUR' },
    ]);
    expect(inEuro.unknown).toEqual([
      { statisticId: grid, entityId: grid, role: 'grid_import', reason: 'unknown_unit' },
    ]);
  });

  it('are what is not tracked, and what counts something else', () => {
    const gas = [{ type: 'gas', stat_energy_from: 'sensor.gas' }];
    const { merged, unknown } = look(
      [...sources('sensor.grid'), ...gas],
      [meter('sensor.grid'), meter(solar, 'm³', 'gas'), meter('sensor.gas')],
    );
    // Gas may be counted as energy, the sun not as a volume.
    expect(unknown).toEqual([
      { statisticId: solar, entityId: solar, role: 'solar', reason: 'other_quantity' },
    ]);
    const untracked = [...merged.values()].map((one) => ({
      ...one,
      isTracked: one.entityId !== 'sensor.grid',
    }));
    expect(unknownSources(untracked, [])).toContainEqual({
      ...{ statisticId: 'sensor.grid', entityId: 'sensor.grid', role: 'grid_import', reason: 'not_tracked' },
    });
  });

  it('end when the preferences name another one: what was before asks for nothing any more', () => {
    const before = look(sources('sensor.grid'), [meter('sensor.grid'), meter(solar)]);
    const deleted = look(sources('sensor.grid'), [meter(solar)], before.merged);
    expect(deleted.unknown).toEqual([
      { statisticId: 'sensor.grid', entityId: 'sensor.grid', role: 'grid_import', reason: 'no_entity' },
    ]);
    // Its past counts.
    expect(deleted.sources.gridIn).toEqual(['sensor.grid']);
    const named = look(sources('sensor.grid_2'), [meter('sensor.grid_2'), meter(solar)], deleted.merged);
    expect(named.unknown).toEqual([]);
    expect(sourceIds(named.sources)).toEqual(['sensor.grid_2', solar]);
  });

  it('have the id that the entity has now: a renamed one that is away for a moment makes no other home', () => {
    const registered = (entityId: string): Registries => ({
      ...noRegistries,
      entities: [{ registryId: 'r', entityId, name: null, deviceId: null, areaId: null, isHidden: false }],
    });
    const all = [meter('sensor.grid'), meter(solar)];
    const first = look(sources('sensor.grid'), all, new Map(), [], registered('sensor.grid'));
    const renamed = [meter('sensor.p1'), meter(solar)];
    const second = look(sources('sensor.grid'), renamed, first.merged, [], registered('sensor.p1'));
    const away = look(sources('sensor.grid'), [meter(solar)], second.merged, [], registered('sensor.p1'));
    expect(away.unknown).toMatchObject([{ statisticId: 'sensor.grid', entityId: 'sensor.p1' }]);
    expect(away.sources).toEqual(second.sources);
    expect(second.sources.gridIn).toEqual(['sensor.p1']);
  });

  it('are none of a home whose preferences are not set', () => {
    const { unknown, sources: named } = look([], [meter('sensor.solar_production')]);
    expect(unknown).toEqual([]);
    expect(named.gridIn).toEqual([]);
  });
});
