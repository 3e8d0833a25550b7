/** What a home has besides energy: an energy recorder must leave it alone. */

import { groupOf } from './cadence.ts';
import type { EntityDefinition } from './catalogue.ts';

function temperature(key: string, device: string, offsetC: number, swingC: number): EntityDefinition {
  return {
    key,
    entityId: `sensor.${key}`,
    name: 'Temperature',
    device,
    unit: '°C',
    deviceClass: 'temperature',
    stateClass: 'measurement',
    group: groupOf('climate'),
    meaning: { kind: 'outdoor', offsetC, swingC },
  };
}

function light(key: string, name: string, area: string, chance: number): EntityDefinition {
  return {
    key,
    entityId: `light.${key}`,
    name,
    device: null,
    area,
    attributes: { supported_color_modes: ['onoff'], supported_features: 0 },
    group: groupOf('lights'),
    meaning: { kind: 'light', chance },
  };
}

export const surroundings: readonly EntityDefinition[] = [
  temperature('garden_temperature', 'garden', 0, 1),
  temperature('living_room_temperature', 'thermostat', 18, 0.2),
  light('living_room_lamp', 'Living room lamp', 'living_room', 0.8),
  light('kitchen_light', 'Kitchen light', 'kitchen', 0.6),
  {
    key: 'front_door',
    entityId: 'binary_sensor.front_door',
    name: 'Front door',
    device: null,
    area: 'hall',
    deviceClass: 'door',
    group: groupOf('lights'),
    meaning: { kind: 'light', chance: 0.05 },
  },
  {
    key: 'p1_meter_active_tariff',
    entityId: 'sensor.p1_meter_active_tariff',
    name: 'Active tariff',
    device: 'p1',
    deviceClass: 'enum',
    attributes: { options: ['1', '2'] },
    category: 'diagnostic',
    group: groupOf('p1'),
    meaning: { kind: 'tariff' },
  },
  {
    key: 'p1_meter_wifi_strength',
    entityId: 'sensor.p1_meter_wifi_strength',
    name: 'Wi-Fi strength',
    device: 'p1',
    unit: '%',
    stateClass: 'measurement',
    category: 'diagnostic',
    group: groupOf('slow'),
    meaning: { kind: 'fixed', text: '84' },
  },
  {
    key: 'sun',
    entityId: 'sun.sun',
    name: 'Sun',
    device: null,
    group: groupOf('slow'),
    meaning: { kind: 'sun' },
  },
  {
    key: 'forecast_home',
    entityId: 'weather.forecast_home',
    name: 'Forecast Home',
    device: null,
    attributes: { temperature_unit: '°C', wind_speed_unit: 'km/h', attribution: 'The demo home' },
    group: groupOf('slow'),
    meaning: { kind: 'weather' },
  },
  {
    key: 'home',
    entityId: 'zone.home',
    name: 'Home',
    device: null,
    attributes: {
      latitude: 50.85,
      longitude: 4.35,
      radius: 100,
      passive: false,
      persons: [],
      editable: true,
    },
    group: groupOf('slow'),
    meaning: { kind: 'fixed', text: '0' },
  },
];
