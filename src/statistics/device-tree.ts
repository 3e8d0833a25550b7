import { isBalanceRole, type KnownEntity } from '../home/entity.ts';
import type { Bucket } from './bucket.ts';

/** A device with what it contains. Energy in mWh; null when there is no entry. */
export interface DeviceNode {
  readonly entityId: string;
  readonly name: string;
  readonly area: string | null;
  readonly parentEntityId: string | null;
  readonly bucket: Bucket;
  /** Its own part: its total less its children. Negative when the children meter more than it does. */
  readonly ownMwh: number | null;
  /** A source of the home's balance that is named as a device as well. */
  readonly isSource: boolean;
}

/** The devices that post energy: those with a register, and those known by their power alone. */
export function deviceMeters(entities: readonly KnownEntity[]): KnownEntity[] {
  const ids = new Set(
    entities.filter((entity) => entity.quantity === 'energy').map((entity) => entity.entityId),
  );
  return entities.filter((entity) => {
    if (!entity.isTracked) return false;
    if (entity.role === 'device' || entity.isDevice === true) return entity.quantity === 'energy';
    return entity.role === 'device_power' && !(entity.parentEntityId && ids.has(entity.parentEntityId));
  });
}

/**
 * Devices that no other listed device contains: together they are the tracked part of the home's use. A source of the
 * balance that is also named as a device is left out, because it is no use of the home.
 */
export function topDevices(devices: readonly KnownEntity[]): KnownEntity[] {
  return notContained(devices.filter(({ role }) => !isBalanceRole(role)));
}

function notContained(devices: readonly KnownEntity[]): KnownEntity[] {
  const ids = new Set(devices.map((device) => device.entityId));
  return devices.filter((device) => device.parentEntityId === null || !ids.has(device.parentEntityId));
}

/** Parents before their children, each level by energy; a cycle in the preferences is cut where it is met. */
export function deviceTree(
  devices: readonly KnownEntity[],
  bucketOf: (entityId: string) => Bucket,
): DeviceNode[] {
  const children = new Map<string, KnownEntity[]>();
  for (const device of devices) {
    if (device.parentEntityId === null) continue;
    children.set(device.parentEntityId, [...(children.get(device.parentEntityId) ?? []), device]);
  }
  const nodes: DeviceNode[] = [];
  const seen = new Set<string>();
  const energyOf = (device: KnownEntity) => bucketOf(device.entityId).amountMicro ?? -1;
  const visit = (device: KnownEntity, parentEntityId: string | null) => {
    if (seen.has(device.entityId)) return;
    seen.add(device.entityId);
    const own = (children.get(device.entityId) ?? []).filter((child) => !seen.has(child.entityId));
    const bucket = bucketOf(device.entityId);
    const inside = own.reduce((sum, child) => sum + (bucketOf(child.entityId).amountMicro ?? 0), 0);
    nodes.push({
      entityId: device.entityId,
      name: device.name,
      area: device.area,
      parentEntityId,
      bucket,
      ownMwh: bucket.amountMicro === null ? null : bucket.amountMicro - inside,
      isSource: isBalanceRole(device.role),
    });
    for (const child of own.sort((a, b) => energyOf(b) - energyOf(a))) visit(child, device.entityId);
  };
  for (const device of notContained(devices).sort((a, b) => energyOf(b) - energyOf(a))) visit(device, null);
  // Left are those in a cycle: each is shown, at the top.
  for (const device of devices) visit(device, null);
  return nodes;
}
