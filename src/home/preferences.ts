/**
 * Home Assistant's energy preferences, in any form it has had, as one flat list: until 2025 a grid source with lists
 * `flow_from` and `flow_to`, since then one import and one export meter per grid source with `power_config`. Unknown
 * kinds and keys are skipped: a newer Home Assistant must not stop the product.
 */
import type { Role } from './entity.ts';

/** One statistic in the preferences, and its role. */
export interface NamedStatistic {
  readonly statisticId: string;
  readonly role: Role;
  /** The name the user gave in the preferences; null when none. */
  readonly name: string | null;
  /** For a device the one that contains it, for a power or flow sensor its meter. */
  readonly parentId: string | null;
  /** For power: -1 when the preferences say that positive means export or charging. */
  readonly sign: 1 | -1;
  /** A source that is named as a device too: its name and its parent are the device's. */
  readonly isDevice?: boolean;
}

interface EnergyPreferences {
  /** One per statistic: the first place that names it gives the role, and a source may be a device as well. */
  readonly statistics: readonly NamedStatistic[];
  /** Energy sources that were understood. */
  readonly sourceCount: number;
}

type Fields = Readonly<Record<string, unknown>>;

interface SourceKind {
  readonly from: Role;
  readonly to: Role | null;
  readonly rate: Role;
}

const sourceKinds: ReadonlyMap<string, SourceKind> = new Map<string, SourceKind>(
  Object.entries({
    grid: { from: 'grid_import', to: 'grid_export', rate: 'grid_power' },
    solar: { from: 'solar', to: null, rate: 'solar_power' },
    battery: { from: 'battery_out', to: 'battery_in', rate: 'battery_power' },
    gas: { from: 'gas', to: null, rate: 'gas_flow' },
    water: { from: 'water', to: null, rate: 'water_flow' },
  } satisfies Record<string, SourceKind>),
);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function records(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The signed power sensors of a source: `power_config` has more than the `stat_rate` that Core derives from it. */
function ratesOf(source: Fields): { id: string; sign: 1 | -1 }[] {
  const config = isFields(source.power_config) ? source.power_config : source;
  const rates: { id: string; sign: 1 | -1 }[] = [];
  const add = (key: string, from: Fields, sign: 1 | -1) => {
    const id = text(from[key]);
    if (id !== null) rates.push({ id, sign });
  };
  add('stat_rate_inverted', config, -1);
  add('stat_rate_from', config, 1);
  add('stat_rate_to', config, -1);
  if (rates.length > 0) return rates;
  add('stat_rate', config, 1);
  if (rates.length === 0 && config !== source) add('stat_rate', source, 1);
  return rates;
}

function statisticsOfSource(source: Fields, kind: SourceKind): NamedStatistic[] {
  const name = text(source.name);
  const found: NamedStatistic[] = [];
  const meter = (id: unknown, role: Role | null, meterName: string | null) => {
    const statisticId = text(id);
    if (statisticId !== null && role !== null)
      found.push({ statisticId, role, name: meterName, parentId: null, sign: 1 });
  };
  for (const flow of records(source.flow_from))
    meter(flow.stat_energy_from, kind.from, text(flow.name) ?? name);
  for (const flow of records(source.flow_to)) meter(flow.stat_energy_to, kind.to, text(flow.name) ?? name);
  meter(source.stat_energy_from, kind.from, name);
  meter(source.stat_energy_to, kind.to, name);
  const meterId = found[0]?.statisticId ?? null;
  // In the old form the power sensors of a two-tariff grid stand in a list beside the flows.
  for (const place of [source, ...records(source.power)]) {
    for (const rate of ratesOf(place))
      found.push({ statisticId: rate.id, role: kind.rate, name: null, parentId: meterId, sign: rate.sign });
  }
  const level = text(source.stat_soc);
  if (level !== null && kind.rate === 'battery_power')
    found.push({ statisticId: level, role: 'battery_level', name: null, parentId: meterId, sign: 1 });
  return found;
}

function statisticsOfDevice(device: Fields, role: Role, rateRole: Role): NamedStatistic[] {
  const statisticId = text(device.stat_consumption);
  if (statisticId === null) return [];
  const parentId = text(device.included_in_stat);
  const found: NamedStatistic[] = [
    {
      statisticId,
      role,
      name: text(device.name),
      parentId: parentId === statisticId ? null : parentId,
      sign: 1,
    },
  ];
  for (const rate of ratesOf(device))
    found.push({ statisticId: rate.id, role: rateRole, name: null, parentId: statisticId, sign: rate.sign });
  return found;
}

/** From the preferences on the wire (null: none set) to the statistics that they name. Never throws. */
export function readPreferences(wire: unknown): EnergyPreferences {
  const preferences = isFields(wire) ? wire : {};
  const named: NamedStatistic[] = [];
  let sourceCount = 0;
  for (const source of records(preferences.energy_sources)) {
    const kind = typeof source.type === 'string' ? sourceKinds.get(source.type) : undefined;
    if (kind === undefined) continue;
    sourceCount += 1;
    named.push(...statisticsOfSource(source, kind));
  }
  for (const device of records(preferences.device_consumption))
    named.push(...statisticsOfDevice(device, 'device', 'device_power'));
  for (const device of records(preferences.device_consumption_water))
    named.push(...statisticsOfDevice(device, 'device_water', 'device_water_flow'));

  const first = new Map<string, NamedStatistic>();
  for (const statistic of named) {
    const { statisticId, role, name, parentId } = statistic;
    const before = first.get(statisticId);
    if (before === undefined) first.set(statisticId, statistic);
    else if (role === 'device' && before.role !== 'device' && before.isDevice !== true)
      first.set(statisticId, { ...before, name: name ?? before.name, parentId, isDevice: true });
  }
  return { statistics: [...first.values()], sourceCount };
}
