import { z } from 'zod';
import { coded } from './coded.ts';

/** What a ticket says: a code and its values. Amounts are in `unit`. */

export const amountUnit = z.enum(['kWh', 'm³']);
const amount = z.number();
const seconds = z.number();
const count = z.number().int();

const registerFall = { before: amount, after: amount, unit: amountUnit };
const spikeCourse = {
  ...registerFall,
  farthest: amount.describe('The register farthest from the one before'),
  readings: count,
};
const gapLength = { lasted_seconds: seconds, is_open: z.boolean().describe('It goes on still') };

export const ticketStatement = z.discriminatedUnion('code', [
  coded('register_jumped', {
    counted: amount,
    lasted_seconds: seconds,
    highest_hour: amount.nullable().describe('The most of an hour of the days before; null when not known'),
    unit: amountUnit,
  }),
  coded('register_fell', registerFall),
  coded('register_fell_without_reset', registerFall),
  coded('register_fell_counts_on', registerFall),
  coded('spike', spikeCourse),
  coded('spike_before_reset', spikeCourse),
  coded('hours_differ', { ours: amount, theirs: amount, unit: amountUnit }),
  coded('gap_of_home', gapLength),
  coded('gap_of_register', gapLength),
  coded('gap_of_power', gapLength),
  coded('gap_of_value', gapLength),
  coded('counter_frozen', { still_seconds: seconds, power_entity_id: z.string(), mean_w: z.number() }),
  coded('power_frozen', {
    value_w: z.number(),
    still_seconds: seconds,
    usual_seconds: seconds.describe('The longest that it kept any other value'),
  }),
  coded('states_silent', { entities: count, silent_seconds: seconds }),
  coded('readings_added', { readings: count }),
  coded('readings_lost', { readings: count, readings_before: count }),
  coded('unit_changed', { unit_before: z.string(), unit: z.string() }),
  coded('renamed', { entity_id: z.string(), new_entity_id: z.string() }),
  coded('removed', { entity_id: z.string() }),
  coded('id_reused', { entity_id: z.string() }),
  coded('replaced', { entity_id: z.string(), new_entity_id: z.string() }),
  coded('disk_full', { free_bytes: count }),
  coded('out_of_order', { readings: count, entities: count }),
  coded('clock_ahead', { drift_seconds: seconds }),
  coded('clock_behind', { drift_seconds: seconds }),
  coded('more_found', { findings: count }),
  coded('as_written', { detail: z.string() }),
]);

type AnyStatement = z.infer<typeof ticketStatement>;
/** The values of each code. */
export type TicketValues = { [S in AnyStatement as S['code']]: S['values'] };
type TicketCode = keyof TicketValues;
export type TicketStatement<C extends TicketCode = TicketCode> = {
  [K in C]: { code: K; values: TicketValues[K] };
}[C];
