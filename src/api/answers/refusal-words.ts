import type { AnswerRefusal } from '../../integrity/tickets/ticket-correction.ts';
import type { TicketConflict } from '../../integrity/tickets/tickets.ts';
import type { CorrectionRefusal } from '../../ledger/evidence/corrections.ts';

/** Why a decision about a ticket, or a correction, is refused, as an English sentence. */
export function refusalDetail(refusal: AnswerRefusal | TicketConflict | CorrectionRefusal): string {
  switch (refusal.code) {
    case 'not_offered': {
      const { offered } = refusal.values;
      return offered.length === 0
        ? 'This ticket has nothing to choose.'
        : `This ticket’s choices are: ${offered.join(', ')}.`;
    }
    case 'value_needed':
      return 'The quantity between start and end is needed.';
    case 'new_register_needed':
      return 'The first register of the new meter is needed.';
    case 'not_open':
      return `The ticket is ${refusal.values.status}${refusal.values.isUndoable ? '; undo that first' : ''}.`;
    case 'nothing_decided':
      return 'Nothing was decided that could be undone.';
    case 'not_tracked':
      return `${refusal.values.entityId} is not a meter that is tracked.`;
    case 'no_register':
      return `${refusal.values.entityId} has no register that could begin anew.`;
    case 'too_many':
      return `${refusal.values.limit} corrections are declared of this meter already.`;
    case 'too_long':
      return `A correction lasts at most ${refusal.values.limitDays} days.`;
    case 'exchange_out_of_range':
      return 'A meter was replaced after the year 2000 and not in the future.';
    case 'exchange_exists':
      return 'An exchange is declared at this instant already. Take it back first.';
    case 'amount_exists':
      return 'A quantity is declared around this instant. Take it back first.';
    case 'start_out_of_range':
      return 'A correction begins after the year 2000 and not in the future.';
    case 'end_before_start':
      return 'A correction ends after its start.';
    case 'end_in_future':
      return 'A correction does not end in the future.';
    case 'amount_negative':
      return 'This meter only counts up, so that it can’t have delivered less than 0.';
    case 'overlaps':
      return 'A quantity or an exchange is declared within this time already. Take it back first.';
  }
}
