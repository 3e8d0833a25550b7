/** Devices as lines of a list: how deep each is indented, and how long its bar is. Pure. */
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';

type DeviceRow = DevicesAnswer['devices'][number];

export interface DeviceLine {
  readonly device: DeviceRow;
  /** 0 for a device that no other one contains. */
  readonly depth: number;
  readonly hasChildren: boolean;
  /** Length of its bar, 0 to 1 of the longest. */
  readonly length: number;
}

/** Deeper lines are not indented further. */
const deepest = 4;

/** In the order of the API: parents before their children, each level by energy. */
export function deviceLines({ devices, untracked_kwh: untracked }: DevicesAnswer): DeviceLine[] {
  const depths = new Map<string, number>();
  const parents = new Set(devices.flatMap(({ parent }) => parent ?? []));
  const most = Math.max(
    1e-6,
    untracked ?? 0,
    ...devices.filter(({ parent }) => parent === null).map(({ energy_kwh: kwh }) => kwh ?? 0),
  );
  return devices.map((device) => {
    const above = device.parent === null ? undefined : depths.get(device.parent);
    const depth = above === undefined ? 0 : Math.min(deepest, above + 1);
    depths.set(device.entity_id, depth);
    return {
      device,
      depth,
      hasChildren: parents.has(device.entity_id),
      length: Math.max(0, Math.min(1, (device.energy_kwh ?? 0) / most)),
    };
  });
}

/** The device that used most, among those that contain no others; null when none is known. */
export function mostUsing({ devices }: DevicesAnswer): DeviceRow | null {
  const parents = new Set(devices.flatMap(({ parent }) => parent ?? []));
  let most: DeviceRow | null = null;
  for (const device of devices) {
    if (parents.has(device.entity_id) || device.energy_kwh === null) continue;
    if (most === null || device.energy_kwh > (most.energy_kwh ?? 0)) most = device;
  }
  return most;
}
