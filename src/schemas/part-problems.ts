import { z } from 'zod';
import { coded } from './coded.ts';

/** What can be wrong with a part: a code and its values. `reason` is the message of another program. */

const reason = { reason: z.string() };
const ids = { statistic_ids: z.array(z.string()) };
const bytes = z.number().int();

export const partProblem = z.discriminatedUnion('code', [
  coded('failed', reason),
  coded('store_not_reached', { store: z.string() }),
  coded('store_silent', { store: z.string(), ...reason }),
  coded('spool_failed', reason),
  coded('spool_damaged', { damaged_bytes: bytes }),
  coded('no_room', {}),
  coded('readings_waiting', reason),
  coded('subscription_failed', reason),
  coded('states_silent', {}),
  coded('disk_full', { free_bytes: bytes }),
  coded('disk_low', { free_bytes: bytes, reserve_bytes: bytes }),
  coded('posting_failed', reason),
  coded('history_incomplete', reason),
  coded('verification_refused', reason),
  coded('home_assistant_not_set', {}),
  coded('home_assistant_connecting', {}),
  coded('home_assistant_silent', reason),
  coded('token_refused', reason),
  coded('statistics_missing', ids),
  coded('sources_unknown', ids),
  coded('entities_not_read', {}),
]);

type AnyProblem = z.infer<typeof partProblem>;
/** The values of each code. */
export type PartProblemValues = { [P in AnyProblem as P['code']]: P['values'] };
type ProblemCode = keyof PartProblemValues;
export type PartProblemRow<C extends ProblemCode = ProblemCode> = {
  [K in C]: { code: K; values: PartProblemValues[K] };
}[C];
