import type { Ticket } from '../../integrity/ticket.ts';
import type { TicketRow } from '../../schemas/tickets.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { ApiDeps } from '../http/deps.ts';
import { isoOrNull } from '../http/wire.ts';
import { valueOrNull } from './amounts.ts';
import { statementAnswer } from './coded-answer.ts';
import { ticketDetail } from './ticket-words.ts';

/** A ticket as it is answered: amounts in kWh or m³, instants in ISO 8601. */
export function ticketRow(home: Pick<ApiDeps['home'], 'entity'>, ticket: Ticket): TicketRow {
  const { entityId, unmended } = ticket;
  const statement = statementAnswer(ticket.statement);
  return {
    ticket_id: ticket.ticketId,
    kind: ticket.kind,
    status: ticket.status,
    entity_id: entityId,
    name: entityId === null ? null : (home.entity(entityId)?.name ?? null),
    start: isoFromInstant(ticket.startUs),
    end: isoFromInstant(ticket.endUs),
    detail: ticketDetail(statement, ticket),
    ...statement,
    unmended:
      unmended === null
        ? null
        : {
            counted: valueFromMicro(unmended.countedMicro),
            most: valueFromMicro(unmended.mostMicro),
            unit: unmended.unit,
          },
    evidence: [...ticket.evidence],
    related_entity_id: ticket.relatedEntityId,
    choices: [...ticket.choices],
    decision: decisionRow(ticket.decision),
    is_undoable: ticket.decision !== null,
    sync_id: ticket.syncId,
    opened_at: isoFromInstant(ticket.openedAtUs),
    closed_at: isoOrNull(ticket.closedAtUs),
  };
}

function decisionRow(decision: Ticket['decision']): TicketRow['decision'] {
  if (decision === null) return null;
  return {
    choice: decision.choice,
    value: valueOrNull(decision.valueMicro),
    automatic: decision.isAutomatic,
    by: decision.by,
    notes: decision.notes,
    at: isoFromInstant(decision.atUs),
  };
}
