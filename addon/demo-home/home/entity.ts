/** The present state of one entity: its registry entry, its timeline, its current state. */
import type { EntityDefinition } from '../entities/catalogue.ts';
import { hash, hashText } from '../model/noise.ts';
import type { Attributes, Change, States } from '../recorder/timeline.ts';

export interface Entity {
  /** Changes when it is renamed. */
  entityId: string;
  readonly definition: EntityDefinition;
  readonly timeline: States;
  /** Those it has by itself. */
  readonly attributes: Attributes;
  /** Null: gone. */
  current: Change | null;
  /** Text of `current`'s context. */
  contextId: string;
  /** In the registry; entities of YAML or put in by hand are not. */
  readonly isRegistered: boolean;
  modifiedUs: number;
  /** state_changed events fired since the start, and how many of them were sent to a client. */
  fired: number;
  sent: number;
}

/** 32 hexadecimal digits, the same for the same name. */
export function idOf(name: string): string {
  const seed = hashText(name);
  return [1, 2, 3, 4].map((part) => hash(seed, part, 77).toString(16).padStart(8, '0')).join('');
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: the instant and a hash of who reported. */
export function contextIdOf(us: number, entityId: string): string {
  let ms = Math.floor(us / 1000);
  let time = '';
  for (let i = 0; i < 10; i++) {
    time = crockford[ms % 32] + time;
    ms = Math.floor(ms / 32);
  }
  const who = hashText(entityId);
  const more = [hash(who, us | 0, 1), hash(who, us | 0, 2), hash(who, Math.floor(us / 4096), 3)];
  let rest = '';
  for (let i = 0; i < 16; i++) rest += crockford[((more[i % 3] ?? 0) >>> (5 * Math.floor(i / 3))) & 31];
  return time + rest;
}

/** Attributes in the order that Core gives them. */
export function attributesOf(definition: EntityDefinition, deviceName: string | null): Attributes {
  const name = [deviceName, definition.name].filter((part) => part !== null).join(' ');
  return {
    ...(definition.stateClass === undefined ? {} : { state_class: definition.stateClass }),
    ...definition.attributes,
    ...(definition.unit === undefined ? {} : { unit_of_measurement: definition.unit }),
    ...(definition.deviceClass === undefined ? {} : { device_class: definition.deviceClass }),
    friendly_name: name,
  };
}
