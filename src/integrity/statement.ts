/**
 * What a finding says: a code and its values. Sentences are made where it is shown, in the reader's language.
 * Amounts are millionths of the `unit`, durations microseconds.
 */

export type AmountUnit = 'kWh' | 'm³';

interface RegisterFall {
  readonly beforeMicro: number;
  readonly afterMicro: number;
  readonly unit: AmountUnit;
}

interface SpikeCourse extends RegisterFall {
  /** The register farthest from the one before. */
  readonly farthestMicro: number;
  readonly readings: number;
}

interface GapLength {
  readonly lastedUs: number;
  /** It goes on still. */
  readonly isOpen: boolean;
}

/** The values of each code. */
interface StatementValues {
  /** `highestHourMicro`: the most that the meter counted in an hour of the days before; null when not known. */
  readonly register_jumped: {
    readonly countedMicro: number;
    readonly lastedUs: number;
    readonly highestHourMicro: number | null;
    readonly unit: AmountUnit;
  };
  /** It began anew with more than it can have counted since, and all of it was counted. */
  readonly register_fell: RegisterFall;
  /** It may fall, and fell far without a `last_reset`. */
  readonly register_fell_without_reset: RegisterFall;
  /** It goes on lower, and is counted on from there. */
  readonly register_fell_counts_on: RegisterFall;
  readonly spike: SpikeCourse;
  /** An old value before the register began anew. */
  readonly spike_before_reset: SpikeCourse;
  readonly hours_differ: {
    readonly oursMicro: number;
    readonly theirsMicro: number;
    readonly unit: AmountUnit;
  };
  readonly gap_of_home: GapLength;
  readonly gap_of_register: GapLength;
  readonly gap_of_power: GapLength;
  /** Of a sensor that no energy is derived from. */
  readonly gap_of_value: GapLength;
  readonly counter_frozen: {
    readonly stillUs: number;
    readonly powerEntityId: string;
    readonly meanW: number;
  };
  /** `usualUs`: the longest that it kept any other value. */
  readonly power_frozen: { readonly valueW: number; readonly stillUs: number; readonly usualUs: number };
  readonly states_silent: { readonly entities: number; readonly silentUs: number };
  readonly readings_added: { readonly readings: number };
  readonly readings_lost: { readonly readings: number; readonly readingsBefore: number };
  readonly unit_changed: { readonly unitBefore: string; readonly unit: string };
  readonly renamed: { readonly entityId: string; readonly newEntityId: string };
  readonly removed: { readonly entityId: string };
  /** Another entity of Home Assistant has the id now. */
  readonly id_reused: { readonly entityId: string };
  readonly replaced: { readonly entityId: string; readonly newEntityId: string };
  readonly disk_full: { readonly freeBytes: number };
  readonly out_of_order: { readonly readings: number; readonly entities: number };
  /** The app's clock is ahead of Home Assistant's. */
  readonly clock_ahead: { readonly driftUs: number };
  readonly clock_behind: { readonly driftUs: number };
  /** A run found more than it opens tickets for. */
  readonly more_found: { readonly findings: number };
  /** The sentence of a ticket that was stored before findings had codes. */
  readonly as_written: { readonly detail: string };
}

export type StatementCode = keyof StatementValues;

export type Statement<C extends StatementCode = StatementCode> = {
  readonly [K in C]: { readonly code: K; readonly values: StatementValues[K] };
}[C];
