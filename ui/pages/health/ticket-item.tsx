/** A ticket: what was found, its evidence, the decision, and what can be done. */
import { mdiAlertCircleOutline, mdiCheckCircleOutline, mdiUndoVariant } from '@mdi/js';
import { useId, useState } from 'preact/hooks';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { api } from '../../api.ts';
import { useAction } from '../../components/action.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatInstant, formatSpan } from '../../format/instants.ts';
import { parseSpan } from '../../period/period.ts';
import { locale } from '../../state/home.ts';
import { tickets } from '../../state/tickets.ts';
import { texts } from '../../texts/texts.ts';
import { TicketCurve } from './ticket-curve.tsx';
import { ActionFailure, TicketDecision } from './ticket-decision.tsx';
import { statementText } from './ticket-statement.ts';
import { decisionText, figuresOf, titleOf } from './ticket-words.ts';

function Undo({ ticket }: { ticket: TicketRow }) {
  const t = texts().health.tickets;
  const action = useAction();
  const undo = async () => {
    await api.undoTicket(ticket.ticket_id);
    await tickets.refresh();
    return null;
  };
  return (
    <div class="ticket-undo">
      <button type="button" class="button" disabled={action.isBusy} onClick={() => void action.run(undo)}>
        <Icon path={mdiUndoVariant} />
        {action.isBusy ? t.undoing : t.undo}
      </button>
      <small class="quiet">{t.undoWhat}</small>
      <ActionFailure action={action} />
    </div>
  );
}

function TicketBody({ ticket, mayChange }: { ticket: TicketRow; mayChange: boolean }) {
  const all = texts();
  const decided = decisionText(ticket, all, locale.value);
  const figures = figuresOf(ticket, all, locale.value);
  return (
    <div class="ticket-body">
      <div class="ticket-words">
        <p data-statement>{statementText(ticket, all, locale.value.language)}</p>
        {figures.length > 0 && (
          <dl class="ticket-figures">
            {figures.map(({ name, label, text }) => (
              <div key={name} data-evidence={name}>
                <dt class="quiet">{label}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        )}
        {decided !== null && <p data-decision>{decided}</p>}
        {ticket.decision !== null && ticket.decision.notes !== '' && (
          <p class="quiet">“{ticket.decision.notes}”</p>
        )}
        {mayChange && ticket.status === 'open' && ticket.choices.length > 0 && (
          <TicketDecision ticket={ticket} />
        )}
        {mayChange && ticket.is_undoable && <Undo ticket={ticket} />}
      </div>
      {ticket.entity_id !== null && <TicketCurve ticket={ticket} entityId={ticket.entity_id} />}
    </div>
  );
}

/** An open ticket, unfolded. */
export function OpenTicket({ ticket, mayChange }: { ticket: TicketRow; mayChange: boolean }) {
  const all = texts();
  const id = useId();
  return (
    <section
      class="card ticket"
      aria-labelledby={id}
      data-ticket={ticket.ticket_id}
      data-status={ticket.status}
    >
      <header>
        <div class="ticket-title">
          <Icon path={mdiAlertCircleOutline} class="is-asking" />
          <h2 id={id}>{titleOf(ticket, all.health.tickets)}</h2>
        </div>
        <span class="quiet">{formatSpan(parseSpan(ticket), locale.value)}</span>
      </header>
      <TicketBody ticket={ticket} mayChange={mayChange} />
    </section>
  );
}

/** A closed ticket, or one of a group: a line that fetches and shows its evidence when it is opened. */
export function TicketLine({ ticket, mayChange }: { ticket: TicketRow; mayChange: boolean }) {
  const all = texts();
  const t = all.health.tickets;
  const [isOpen, setOpen] = useState(false);
  const closed = ticket.closed_at ?? ticket.opened_at;
  return (
    <details
      class="fold ticket"
      data-ticket={ticket.ticket_id}
      data-status={ticket.status}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <Icon
          path={ticket.status === 'open' ? mdiAlertCircleOutline : mdiCheckCircleOutline}
          class={ticket.status === 'open' ? 'is-asking' : 'is-ok'}
        />
        <span class="ticket-line">
          <span>{titleOf(ticket, t)}</span>
          <small class="quiet">
            {formatSpan(parseSpan(ticket), locale.value)} · {t.status[ticket.status]}{' '}
            {formatInstant(closed, 'moment', locale.value)}
          </small>
        </span>
      </summary>
      {isOpen && <TicketBody ticket={ticket} mayChange={mayChange} />}
    </details>
  );
}
