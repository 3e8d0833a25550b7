import { dayUs } from '../../units/durations.ts';
import { isEmpty, overlaps } from '../../units/interval.ts';
import type { Meter } from '../entries/meter.ts';
import { type Correction, correctedInterval } from '../evidence/correction.ts';
import type { CorrectionField, CorrectionOutcome } from '../evidence/corrections.ts';

type Refusal = CorrectionOutcome & { readonly kind: 'refused' };

const earliestUs = Date.UTC(2000, 0, 1) * 1000;
const longestUs = 400 * dayUs;
/** A handful in a meter's life; more are a program gone mad. */
const limitPerMeter = 500;

/**
 * Why a correction can't be declared of a meter; null when it can. What contradicts another is refused, for whoever
 * declares it should see the other and take it back first.
 */
export function refusalOf(
  correction: Correction,
  meter: Meter | null,
  declared: readonly Correction[],
  nowUs: number,
): Refusal | null {
  const refuse = (field: CorrectionField, detail: string, isConflict = false): Refusal => ({
    ...{ kind: 'refused', field, detail, isConflict },
  });
  if (meter === null) return refuse('entityId', `${correction.entityId} is not a meter that is tracked.`);
  if (declared.length >= limitPerMeter)
    return refuse('entityId', `${limitPerMeter} corrections are declared of this meter already.`, true);
  if (correction.kind === 'exchange') {
    const { atUs } = correction;
    if (meter.posts === 'power')
      return refuse('entityId', `${correction.entityId} has no register that could begin anew.`);
    if (!(atUs >= earliestUs && atUs <= nowUs))
      return refuse('atUs', 'A meter was replaced after the year 2000 and not in the future.');
    if (declared.some((other) => other.kind === 'exchange' && other.atUs === atUs))
      return refuse('atUs', 'An exchange is declared at this instant already. Take it back first.', true);
    const around = declared.find(
      (other) => other.kind === 'amount' && other.startUs < atUs && atUs < other.endUs,
    );
    return around === undefined
      ? null
      : refuse('atUs', 'A quantity is declared around this instant. Take it back first.', true);
  }
  const { startUs, endUs } = correction;
  if (!(startUs >= earliestUs && startUs <= nowUs))
    return refuse('startUs', 'A correction begins after the year 2000 and not in the future.');
  if (isEmpty(correction)) return refuse('endUs', 'A correction ends after its start.');
  const lastUs = correctedInterval(correction).endUs - 1;
  if (lastUs > nowUs) return refuse('endUs', 'A correction does not end in the future.');
  if (lastUs - startUs > longestUs) return refuse('endUs', 'A correction lasts at most 400 days.');
  if (correction.kind === 'exclusion') return null;
  if (meter.posts === 'register' && meter.kind === 'rising' && correction.amountMicro < 0)
    return refuse('amountMicro', 'This meter only counts up, so that it can’t have delivered less than 0.');
  const isTaken = declared.some((other) =>
    other.kind === 'amount'
      ? overlaps(other, correction)
      : other.kind === 'exchange' && startUs < other.atUs && other.atUs < endUs,
  );
  return isTaken
    ? refuse(
        'startUs',
        'A quantity or an exchange is declared within this time already. Take it back first.',
        true,
      )
    : null;
}
