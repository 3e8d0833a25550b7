/** Areas, floors and devices of the demo home, as its registries hold them. */

export interface DeviceDefinition {
  readonly key: string;
  readonly name: string;
  readonly area: string | null;
  readonly manufacturer: string;
  readonly model: string;
  readonly platform: string;
}

const device = (
  key: string,
  name: string,
  area: string | null,
  manufacturer: string,
  model: string,
  platform: string,
): DeviceDefinition => ({ key, name, area, manufacturer, model, platform });

export const devices: readonly DeviceDefinition[] = [
  device('p1', 'P1 meter', 'meter_cupboard', 'HomeWizard', 'P1 Meter', 'homewizard'),
  device('gas', 'Gas meter', 'meter_cupboard', 'HomeWizard', 'Gas meter', 'homewizard'),
  device('water', 'Water meter', 'meter_cupboard', 'HomeWizard', 'Watermeter', 'homewizard'),
  device('inverter', 'Solar inverter', 'attic', 'SMA', 'Sunny Boy 6.0', 'sma'),
  device('battery', 'Home battery', 'garage', 'BYD', 'Battery-Box HVS 10.2', 'byd_hvs'),
  device('kitchen_circuit', 'Kitchen circuit', 'kitchen', 'Shelly', 'Pro EM', 'shelly'),
  device('fridge', 'Fridge', 'kitchen', 'Shelly', 'Plug S', 'shelly'),
  device('dishwasher', 'Dishwasher', 'kitchen', 'Shelly', 'Plug S', 'shelly'),
  device('washing_machine', 'Washing machine', 'utility_room', 'Shelly', 'Plug S', 'shelly'),
  device('dryer', 'Dryer', 'utility_room', 'TP-Link', 'HS110', 'tplink'),
  device('heat_pump', 'Heat pump', 'utility_room', 'Daikin', 'Altherma 3', 'daikin'),
  device('boiler', 'Boiler', 'utility_room', 'Shelly', '1PM', 'shelly'),
  device('ev_charger', 'EV charger', 'garage', 'Smappee', 'EV Wall', 'smappee'),
  device('freezer', 'Garage freezer', 'garage', 'TP-Link', 'HS110', 'tplink'),
  device('office', 'Office', 'office', 'Shelly', 'Plug S', 'shelly'),
  device('media', 'Media', 'living_room', 'TP-Link', 'HS110', 'tplink'),
  device('ventilation', 'Ventilation', 'attic', 'Duco', 'DucoBox', 'ducobox'),
  device('thermostat', 'Living room', 'living_room', 'Aqara', 'WSDCGQ11LM', 'zha'),
  device('garden', 'Garden', null, 'Aqara', 'WSDCGQ11LM', 'zha'),
];

interface AreaDefinition {
  readonly id: string;
  readonly name: string;
  readonly floor: string | null;
  readonly icon: string | null;
}

export const areas: readonly AreaDefinition[] = [
  { id: 'living_room', name: 'Living room', floor: 'ground_floor', icon: 'mdi:sofa' },
  { id: 'kitchen', name: 'Kitchen', floor: 'ground_floor', icon: 'mdi:stove' },
  { id: 'hall', name: 'Hall', floor: 'ground_floor', icon: null },
  { id: 'meter_cupboard', name: 'Meter cupboard', floor: 'ground_floor', icon: 'mdi:meter-electric' },
  { id: 'utility_room', name: 'Utility room', floor: 'ground_floor', icon: null },
  { id: 'garage', name: 'Garage', floor: null, icon: 'mdi:garage' },
  { id: 'office', name: 'Office', floor: 'upstairs', icon: 'mdi:desk' },
  { id: 'attic', name: 'Attic', floor: 'upstairs', icon: null },
];

export const floors: readonly { id: string; name: string; level: number }[] = [
  { id: 'ground_floor', name: 'Ground floor', level: 0 },
  { id: 'upstairs', name: 'Upstairs', level: 1 },
];
