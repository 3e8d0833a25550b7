import { z } from 'zod';

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

const said = <C extends string, V extends z.ZodRawShape>(code: C, values: V) =>
  z.object({ code: z.literal(code), values: z.object(values) });

export const ticketStatement = z.discriminatedUnion('code', [
  said('register_jumped', {
    counted: amount,
    lasted_seconds: seconds,
    highest_hour: amount.nullable().describe('The most of an hour of the days before; null when not known'),
    unit: amountUnit,
  }),
  said('register_fell', registerFall),
  said('register_fell_without_reset', registerFall),
  said('register_fell_counts_on', registerFall),
  said('spike', spikeCourse),
  said('spike_before_reset', spikeCourse),
  said('hours_differ', { ours: amount, theirs: amount, unit: amountUnit }),
  said('gap_of_home', gapLength),
  said('gap_of_register', gapLength),
  said('gap_of_power', gapLength),
  said('gap_of_value', gapLength),
  said('counter_frozen', { still_seconds: seconds, power_entity_id: z.string(), mean_w: z.number() }),
  said('power_frozen', {
    value_w: z.number(),
    still_seconds: seconds,
    usual_seconds: seconds.describe('The longest that it kept any other value'),
  }),
  said('states_silent', { entities: count, silent_seconds: seconds }),
  said('readings_added', { readings: count }),
  said('readings_lost', { readings: count, readings_before: count }),
  said('unit_changed', { unit_before: z.string(), unit: z.string() }),
  said('renamed', { entity_id: z.string(), new_entity_id: z.string() }),
  said('removed', { entity_id: z.string() }),
  said('id_reused', { entity_id: z.string() }),
  said('replaced', { entity_id: z.string(), new_entity_id: z.string() }),
  said('disk_full', { free_bytes: count }),
  said('out_of_order', { readings: count, entities: count }),
  said('clock_ahead', { drift_seconds: seconds }),
  said('clock_behind', { drift_seconds: seconds }),
  said('more_found', { findings: count }),
  said('as_written', { detail: z.string() }),
]);

type AnyStatement = z.infer<typeof ticketStatement>;
/** The values of each code. */
export type TicketValues = { [S in AnyStatement as S['code']]: S['values'] };
type TicketCode = keyof TicketValues;
export type TicketStatement<C extends TicketCode = TicketCode> = {
  [K in C]: { code: K; values: TicketValues[K] };
}[C];
