/**
 * Goal: the meter's own month peak is found by the names that integrations give it, and nothing else is taken for it.
 * Method: ids as DSMR, HomeWizard, ESPHome's DSMR and DSMR-reader make them, in the languages of a Belgian home.
 */
import { describe, expect, it } from 'vitest';
import { isTrackedByDefault } from './discovery.ts';
import type { Entity } from './entity.ts';
import { meterPeakEntity } from './meter-peak.ts';

function sensor(objectId: string, extra: Partial<Entity> = {}): Entity {
  return {
    ...{
      entityId: `sensor.${objectId}`,
      quantity: 'power',
      role: 'other',
      parentEntityId: null,
      device: null,
    },
    ...extra,
  } as Entity;
}
const found = (...entities: Entity[]) => meterPeakEntity(entities, ['sensor.register'])?.entityId ?? null;

describe('the peak of the month by the meter itself', () => {
  it.each([
    'electricity_meter_maximum_demand_current_month',
    'p1_meter_peak_demand_current_month',
    'p1_meter_5c2faf0a1b2c_peak_demand_current_month',
    'p1_meter_monthly_power_peak',
    'maximum_energy_demand_running_month',
    'slimme_lezer_active_energy_import_maximum_demand_running_month',
    'elektriciteitsmeter_maximale_vraag_huidige_maand',
    'p1_meter_piekvraag_huidige_maand',
    'maandpiek',
    'compteur_demande_maximale_mois_en_cours',
    'dsmr_maximum_demand',
  ])('is %s', (id) => expect(found(sensor(id))).toBe(`sensor.${id}`));

  it.each([
    // The running quarter, other months, and when it was.
    'electricity_meter_average_demand',
    'electricity_meter_current_average_demand',
    'maximum_energy_demand_last_13_months',
    'p1_meter_time_of_peak_demand_current_month',
    'dsmr_consumption_quarter_hour_peak_electricity_average_delivered',
    // Peaks of other things.
    'solar_peak_power_this_month',
    'inverter_max_power',
    'grid_power',
    'peak_power_limit_month',
    'today_peak_demand',
  ])('is not %s', (id) => expect(found(sensor(id))).toBeNull());

  it('is no energy', () => {
    const id = 'electricity_meter_maximum_demand_current_month';
    expect(found(sensor(id, { quantity: 'energy' }))).toBeNull();
  });

  it('is the one on the device of the registers before another', () => {
    const other = sensor('a_meter_peak_demand_current_month', { device: 'Neighbour' });
    const own = sensor('z_maximum_demand', { device: 'P1 meter' });
    expect(found(sensor('register', { quantity: 'energy', device: 'P1 meter' }), other, own)).toBe(
      own.entityId,
    );
    expect(found(own, other)).toBe(other.entityId);
  });

  it('is recorded by itself when it is on the device of a register of the grid', () => {
    const register = sensor('register', { quantity: 'energy', role: 'grid_import', device: 'P1 meter' });
    const own = sensor('p1_meter_peak_demand_current_month', { device: 'P1 meter' });
    const other = sensor('neighbour_peak_demand_current_month', { device: 'Neighbour' });
    const all = new Map([register, own, other].map((entity) => [entity.entityId, entity]));
    expect([own, other].map((entity) => isTrackedByDefault(entity, all))).toEqual([true, false]);
    expect(isTrackedByDefault(own, new Map([[own.entityId, own]]))).toBe(false);
  });
});
