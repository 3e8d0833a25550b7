/**
 * Goal: a plug that is off shows no power, whatever its sensor reports; other devices are not affected.
 * Method: a plug with a register, one without, one whose switch is unavailable, and one without a switch.
 */
import { describe, expect, it } from 'vitest';
import type { NowEntity } from '../../../src/schemas/now.ts';
import { switchedOff } from './switched-off.ts';

const entity = (
  id: string,
  role: NowEntity['role'],
  parent: string | null,
  state: number | null,
): NowEntity => ({
  entity_id: id,
  friendly_name: id,
  role,
  quantity: role === 'device_switch' ? 'switch' : 'power',
  area: null,
  parent,
  state,
  absence: state === null ? 'unavailable' : null,
  unit: null,
  timestamp: null,
  today: null,
  readings_today: 0,
});

describe('switched off', () => {
  it('returns the power sensors of devices whose switch is off', () => {
    const off = switchedOff([
      entity('sensor.boiler_power', 'device_power', 'sensor.boiler_energy', 3),
      entity('switch.boiler', 'device_switch', 'sensor.boiler_energy', 0),
      entity('sensor.tv_power', 'device_power', null, 4),
      entity('switch.tv', 'device_switch', 'sensor.tv_power', 0),
      entity('sensor.fan_power', 'device_power', null, 30),
      entity('switch.fan', 'device_switch', 'sensor.fan_power', 1),
      entity('sensor.pump_power', 'device_power', null, 40),
      entity('switch.pump', 'device_switch', 'sensor.pump_power', null),
      entity('sensor.oven_power', 'device_power', null, 900),
    ]);
    expect([...off].sort()).toEqual(['sensor.boiler_power', 'sensor.tv_power']);
  });
});
