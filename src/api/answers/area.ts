/** The devices of an area, or of the whole home. */
import type { KnownEntity } from '../../home/entity.ts';
import type { Home } from '../../home/home.ts';
import { deviceMeters, topDevices } from '../../statistics/device-tree.ts';
import { HttpProblem } from '../http/problems.ts';

export interface AreaDevices {
  /** Null for all areas. */
  readonly area: string | null;
  readonly devices: readonly KnownEntity[];
  /** Those that no other of them contains: their energy together is the area's, each kilowatt-hour once. */
  readonly tops: readonly KnownEntity[];
}

export interface AreaQuery {
  readonly area?: string | undefined;
  readonly classroom?: string | undefined;
}

/** The name as the home writes it; null when none is asked for. Throws a 404 for one that the home has not. */
export function areaNamed(home: Pick<Home, 'entities'>, query: AreaQuery): string | null {
  const asked = query.area ?? query.classroom;
  if (asked === undefined) return null;
  const areas = new Set(home.entities().flatMap((entity) => entity.area ?? []));
  const found = areas.has(asked)
    ? asked
    : [...areas].find((area) => area.toLocaleLowerCase() === asked.toLocaleLowerCase());
  if (found !== undefined) return found;
  throw new HttpProblem(404, {
    detail: `No energy entity is in an area named ${asked}.`,
    field: query.area === undefined ? 'classroom' : 'area',
    expected:
      areas.size === 0 ? 'an area of Home Assistant' : `one of ${[...areas].sort().slice(0, 20).join(', ')}`,
  });
}

export function devicesOf(home: Pick<Home, 'entities'>, query: AreaQuery): AreaDevices {
  const area = areaNamed(home, query);
  const devices = deviceMeters(home.entities()).filter((device) => area === null || device.area === area);
  return { area, devices, tops: topDevices(devices) };
}
