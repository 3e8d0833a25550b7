import { dayUs } from '../../units/durations.ts';
import { isEmpty, overlaps } from '../../units/interval.ts';
import type { Meter } from '../entries/meter.ts';
import { type Correction, correctedInterval } from '../evidence/correction.ts';
import type { CorrectionField, CorrectionOutcome, CorrectionRefusal } from '../evidence/corrections.ts';

type Refusal = CorrectionOutcome & { readonly kind: 'refused' };

const earliestUs = Date.UTC(2000, 0, 1) * 1000;
const longestDays = 400;
/** A meter has a handful in its life; more come from a faulty program. */
const limitPerMeter = 500;

/**
 * Why a correction can't be declared for a meter; null when it can. One that contradicts another is refused, so that
 * the user sees the other and removes it first.
 */
export function refusalOf(
  correction: Correction,
  meter: Meter | null,
  declared: readonly Correction[],
  nowUs: number,
): Refusal | null {
  const refuse = (field: CorrectionField, refusal: CorrectionRefusal, isConflict = false): Refusal => ({
    ...{ kind: 'refused', field, refusal, isConflict },
  });
  const { entityId } = correction;
  if (meter === null) return refuse('entityId', { code: 'not_tracked', values: { entityId } });
  if (declared.length >= limitPerMeter)
    return refuse('entityId', { code: 'too_many', values: { limit: limitPerMeter } }, true);
  if (correction.kind === 'exchange') {
    const { atUs } = correction;
    if (meter.posts === 'power') return refuse('entityId', { code: 'no_register', values: { entityId } });
    if (!(atUs >= earliestUs && atUs <= nowUs)) return refuse('atUs', { code: 'exchange_out_of_range' });
    if (declared.some((other) => other.kind === 'exchange' && other.atUs === atUs))
      return refuse('atUs', { code: 'exchange_exists' }, true);
    const around = declared.find(
      (other) => other.kind === 'amount' && other.startUs < atUs && atUs < other.endUs,
    );
    return around === undefined ? null : refuse('atUs', { code: 'amount_exists' }, true);
  }
  const { startUs, endUs } = correction;
  if (!(startUs >= earliestUs && startUs <= nowUs)) return refuse('startUs', { code: 'start_out_of_range' });
  if (isEmpty(correction)) return refuse('endUs', { code: 'end_before_start' });
  const lastUs = correctedInterval(correction).endUs - 1;
  if (lastUs > nowUs) return refuse('endUs', { code: 'end_in_future' });
  if (lastUs - startUs > longestDays * dayUs)
    return refuse('endUs', { code: 'too_long', values: { limitDays: longestDays } });
  if (correction.kind === 'exclusion') return null;
  if (meter.posts === 'register' && meter.kind === 'rising' && correction.amountMicro < 0)
    return refuse('amountMicro', { code: 'amount_negative' });
  const isTaken = declared.some((other) =>
    other.kind === 'amount'
      ? overlaps(other, correction)
      : other.kind === 'exchange' && startUs < other.atUs && other.atUs < endUs,
  );
  return isTaken ? refuse('startUs', { code: 'overlaps' }, true) : null;
}
