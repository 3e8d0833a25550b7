/** The Now page's numbers, from memory: works while every store is away. */

import { clamped, matchFlows } from '../../balance/balance.ts';
import type { KnownEntity, Role } from '../../home/entity.ts';
import type { Home } from '../../home/home.ts';
import type { Now, NowEntity } from '../../schemas/now.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { canonicalUnit } from '../../units/quantity.ts';
import type { ApiDeps } from '../http/deps.ts';
import type { NewestValue } from '../http/ports.ts';
import { isoOrNull } from '../http/wire.ts';

type NowDeps = Pick<ApiDeps, 'home' | 'recording' | 'clock'>;

interface PowerPart {
  /** Roles that show that the home has this part. */
  readonly shownBy: readonly Role[];
  readonly sensor: Role;
}

const parts = {
  grid: { shownBy: ['grid_import', 'grid_export', 'grid_power'], sensor: 'grid_power' },
  solar: { shownBy: ['solar', 'solar_power'], sensor: 'solar_power' },
  battery: { shownBy: ['battery_in', 'battery_out', 'battery_power'], sensor: 'battery_power' },
} as const satisfies Record<string, PowerPart>;

/** Signed sum of a part's sensors in W; null without a sensor, or while one of them reports no value. */
function sumOf(
  part: PowerPart,
  entities: readonly KnownEntity[],
  newest: (entityId: string) => NewestValue | null,
): number | null {
  const sensors = entities.filter((entity) => entity.role === part.sensor && entity.quantity === 'power');
  if (sensors.length === 0) return null;
  let sum = 0;
  for (const sensor of sensors) {
    const value = newest(sensor.entityId)?.value;
    if (value == null) return null;
    sum += sensor.sign * value;
  }
  return sum;
}

/**
 * Watts, positive into the home. `home_w` is null as soon as a part that the home has is not known: less than the
 * whole would look like the whole.
 */
export function powerOf(
  home: Pick<Home, 'tracked' | 'unknownSources'>,
  newest: (entityId: string) => NewestValue | null,
): Now['power'] {
  const entities = home.tracked();
  const roles = [...entities, ...home.unknownSources()].map(({ role }) => role);
  const has = (part: PowerPart) => roles.some((role) => part.shownBy.includes(role));
  const grid = sumOf(parts.grid, entities, newest);
  const sun = sumOf(parts.solar, entities, newest);
  // What an inverter draws at night is the home's use and nothing that the sun takes: as the flows reckon.
  const solar = sun === null ? null : clamped(sun);
  const battery = sumOf(parts.battery, entities, newest);
  const present = [
    { isThere: has(parts.grid), value: grid },
    { isThere: has(parts.solar), value: solar },
    { isThere: has(parts.battery), value: battery },
  ].filter((part) => part.isThere);
  let use: number | null = present.length === 0 ? null : 0;
  for (const part of present) use = use === null || part.value === null ? null : use + part.value;
  const flows = use === null ? null : powerFlows(grid ?? 0, solar ?? 0, battery ?? 0);
  return { grid_w: grid, solar_w: solar, battery_w: battery, home_w: use, flows };
}

function powerFlows(gridW: number, solarW: number, batteryW: number): Now['power']['flows'] {
  const flows = matchFlows({
    gridIn: gridW,
    gridOut: -gridW,
    solar: solarW,
    batteryIn: -batteryW,
    batteryOut: batteryW,
  });
  return {
    solar_to_home_w: flows.solarToHome,
    solar_to_battery_w: flows.solarToBattery,
    solar_to_grid_w: flows.solarToGrid,
    battery_to_home_w: flows.batteryToHome,
    battery_to_grid_w: flows.batteryToGrid,
    grid_to_home_w: flows.gridToHome,
    grid_to_battery_w: flows.gridToBattery,
  };
}

function isMeter(entity: KnownEntity): boolean {
  return entity.quantity === 'energy' || entity.quantity === 'volume';
}

function nowEntityOf({ recording }: Pick<NowDeps, 'recording'>, entity: KnownEntity): NowEntity {
  const newest = recording.newest(entity.entityId);
  return {
    entity_id: entity.entityId,
    friendly_name: entity.name,
    role: entity.role,
    quantity: entity.quantity,
    area: entity.area,
    parent: entity.parentEntityId,
    state: newest?.value ?? null,
    absence: newest?.absence ?? null,
    unit: newest?.unit ?? canonicalUnit[entity.quantity],
    timestamp: isoOrNull(newest?.atUs ?? null),
    today: isMeter(entity) ? recording.countedToday(entity.entityId) : null,
    readings_today: recording.readingsToday(entity.entityId),
  };
}

export function nowOf(deps: NowDeps): Now {
  const { home, recording, clock } = deps;
  return {
    at: isoFromInstant(clock.nowUs()),
    time_zone: home.config()?.timeZone ?? null,
    midnight: isoOrNull(recording.midnightUs()),
    power: powerOf(home, (entityId) => recording.newest(entityId)),
    entities: home.recorded().map((entity) => nowEntityOf(deps, entity)),
  };
}
