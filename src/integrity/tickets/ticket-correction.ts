/** The correction that a choice declares to the ledger. Pure. */

import type { Correction } from '../../ledger/evidence/correction.ts';
import { microFromValue } from '../../units/amount.ts';
import type { Finding, Ticket, TicketChoice } from '../ticket.ts';

export interface TicketAnswer {
  readonly choice: TicketChoice;
  /** Of `set_value`, and of an exchange; null when they were not given. Millionths of the meter's unit. */
  readonly valueMicro: number | null;
  readonly oldRegisterMicro: number | null;
  readonly newRegisterMicro: number | null;
  readonly notes: string;
}

export const automaticExclusion: TicketAnswer = {
  choice: 'exclude',
  valueMicro: null,
  oldRegisterMicro: null,
  newRegisterMicro: null,
  notes: '',
};

type AnswerField = 'choice' | 'value' | 'new_register';

/** Why an answer can't be taken: it is none of the ticket's choices (`offered`), or needs a figure that it lacks. */
export type AnswerRefusal =
  | { readonly code: 'not_offered'; readonly values: { readonly offered: readonly TicketChoice[] } }
  | { readonly code: 'value_needed' | 'new_register_needed' };

type AnswerCorrection =
  /** Null: the ledger stays as it is. */
  | { readonly kind: 'correction'; readonly correction: Correction | null }
  | { readonly kind: 'refused'; readonly field: AnswerField; readonly refusal: AnswerRefusal };

/**
 * The correction's id is the ticket's: if the process died before the decision was written, deciding again declares the same
 * correction.
 */
export function correctionOf(
  ticket: Pick<Ticket, 'ticketId' | 'entityId' | 'kind' | 'startUs' | 'endUs' | 'choices' | 'evidence'>,
  answer: TicketAnswer,
  nowUs: number,
): AnswerCorrection {
  const { choice, notes, valueMicro } = answer;
  const { ticketId, entityId, startUs, endUs } = ticket;
  if (!ticket.choices.includes(choice)) {
    const refusal = { code: 'not_offered', values: { offered: ticket.choices } } as const;
    return { kind: 'refused', field: 'choice', refusal };
  }
  if (choice === 'accept' || entityId === null) return { kind: 'correction', correction: null };
  const declared = { correctionId: `ticket ${ticketId}`, entityId, notes, createdAtUs: nowUs, ticketId };
  switch (choice) {
    case 'exclude':
      return { kind: 'correction', correction: { ...declared, ...exclusionOf(ticket) } };
    case 'set_value':
      if (valueMicro === null) return { kind: 'refused', field: 'value', refusal: { code: 'value_needed' } };
      return {
        kind: 'correction',
        correction: { ...declared, kind: 'amount', startUs, endUs, amountMicro: valueMicro },
      };
    case 'exchange': {
      const newRegisterMicro = answer.newRegisterMicro ?? registerAfter(ticket);
      if (newRegisterMicro === null)
        return { kind: 'refused', field: 'new_register', refusal: { code: 'new_register_needed' } };
      return {
        kind: 'correction',
        // At the very reading that the new meter gave first, which then counts from there.
        correction: {
          ...declared,
          ...{ kind: 'exchange', atUs: endUs },
          ...{ oldRegisterMicro: answer.oldRegisterMicro, newRegisterMicro },
        },
      };
    }
  }
}

/** Wrong readings are excluded; a step between two good readings is an amount of 0. */
function exclusionOf({ kind, startUs, endUs }: Pick<Finding, 'kind' | 'startUs' | 'endUs'>) {
  // A spike ends with its last reading; what ended a standing value is a reading of its own.
  if (kind === 'spike') return { kind: 'exclusion', startUs, endUs: endUs + 1 } as const;
  if (kind === 'frozen') return { kind: 'exclusion', startUs, endUs } as const;
  return { kind: 'amount', startUs, endUs, amountMicro: 0 } as const;
}

function registerAfter({ evidence }: Pick<Finding, 'evidence'>): number | null {
  const after = evidence.find(({ name }) => name === 'register_after');
  return after === undefined ? null : microFromValue(after.value);
}
