import type { CanonicalUnit } from '../units/quantity.ts';

export const origins = ['stream', 'history', 'import', 'mqtt'] as const;
export type Origin = (typeof origins)[number];

/** Why a reading has no value. */
export const absences = ['unavailable', 'unknown', 'removed'] as const;
export type Absence = (typeof absences)[number];

/**
 * The value of one entity at one instant; immutable. (entityId, atUs) is its identity: the same reading may arrive in
 * several ways and is stored once.
 */
export interface Reading {
  readonly entityId: string;
  /** Home Assistant's `last_updated`, microseconds. */
  readonly atUs: number;
  /** In `unit`; null when absent. */
  readonly value: number | null;
  readonly absence: Absence | null;
  /** Null only when absent and the unit is not known. */
  readonly unit: CanonicalUnit | null;
  /** The unit Home Assistant used, before normalising: a change of it is an event of its own. */
  readonly sourceUnit: string | null;
  /** Attribute `last_reset`, for `total` meters that report it. */
  readonly lastResetAtUs: number | null;
  readonly origin: Origin;
}

export type RejectionReason =
  | 'not_a_number'
  | 'not_finite'
  | 'unknown_unit'
  | 'other_quantity'
  | 'bad_instant'
  | 'from_the_future';

export interface Rejection {
  readonly entityId: string;
  readonly atUs: number;
  readonly reason: RejectionReason;
  /** The state's text, cut to 64 characters. */
  readonly state: string;
}
