/**
 * Goal: the saved entities are exactly the ticked ones, including those that the filter hides.
 * Method: examples, and a property over random ticks.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListedEntity } from '../../state/home.ts';
import { filtered, noArea, noFilters, stillPending, wanted, withSwitches, withTicks } from './tracking.ts';

const entity = (id: string, rest: Partial<ListedEntity> = {}): ListedEntity => ({
  entity_id: `sensor.${id}`,
  friendly_name: id,
  state: '1',
  unit_of_measurement: 'kWh',
  device_class: 'energy',
  state_class: 'total_increasing',
  area: null,
  device: null,
  last_updated: null,
  is_tracked: false,
  role: 'device',
  parent: null,
  found_by: 'device_class',
  is_active: true,
  ...rest,
});
const home = [
  entity('grid', { is_tracked: true, role: 'grid_import', found_by: 'preferences' }),
  entity('fridge', { area: 'Kitchen', device: 'Plug 3' }),
  entity('oven', { area: 'Kitchen', is_tracked: true }),
];

describe('ticks', () => {
  it('are saved with the ones that the filter hides', () => {
    const shown = filtered(home, { ...noFilters, area: 'Kitchen' });
    expect(wanted(home, withTicks(new Map(), shown, true))).toEqual([
      'sensor.grid',
      'sensor.fridge',
      'sensor.oven',
    ]);
    expect(wanted(home, withTicks(new Map(), shown, false))).toEqual(['sensor.grid']);
  });

  it('that are ticked and unticked again are no change', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 2 }), fc.boolean())), (ticks) => {
        let changes: ReadonlyMap<string, boolean> = new Map();
        const last = new Map(home.map((one) => [one.entity_id, one.is_tracked]));
        for (const [index, isTracked] of ticks) {
          const one = home[index] as ListedEntity;
          changes = withTicks(changes, [one], isTracked);
          last.set(one.entity_id, isTracked);
        }
        expect(wanted(home, changes)).toEqual(home.map((one) => one.entity_id).filter((id) => last.get(id)));
        expect(stillPending(changes, home)).toEqual(changes);
      }),
    );
  });

  it('include the switch of a device, which can be ticked alone', () => {
    const plug = entity('plug');
    const relay = entity('relay', { role: 'device_switch', parent: 'sensor.plug', is_tracked: true });
    const all = [plug, relay, entity('other')];
    expect(withSwitches([plug], all)).toEqual([plug, relay]);
    expect(withSwitches([relay], all)).toEqual([relay]);
    expect(withSwitches(all, all)).toEqual(all);
  });

  it('are dropped once they are saved, or the entity is gone', () => {
    const changes = new Map([
      ['sensor.grid', true],
      ['sensor.nothing', true],
      ['sensor.fridge', true],
    ]);
    expect([...stillPending(changes, home)]).toEqual([['sensor.fridge', true]]);
  });
});

describe('filters', () => {
  it.each([
    [{ search: 'kit plug' }, ['sensor.fridge']],
    [{ search: 'SENSOR.oven' }, ['sensor.oven']],
    [{ area: noArea }, ['sensor.grid']],
    [{ tracked: 'yes' as const, area: 'Kitchen' }, ['sensor.oven']],
    [{ role: 'grid_import', foundBy: 'preferences' }, ['sensor.grid']],
    [{ search: 'nothing' }, []],
  ])('%o finds the matching entities', (filters, ids) => {
    expect(filtered(home, { ...noFilters, ...filters }).map((one) => one.entity_id)).toEqual(ids);
  });
});
