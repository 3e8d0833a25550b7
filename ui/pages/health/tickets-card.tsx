/** Tickets: those that need a decision first, then the closed ones. */

import { useState } from 'preact/hooks';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { Card } from '../../components/card.tsx';
import { Waiting } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import { isToDecide, tickets } from '../../state/tickets.ts';
import { texts } from '../../texts/texts.ts';
import { ClosedGroup, OpenGroup } from './ticket-group.tsx';
import { groupTickets } from './ticket-groups.ts';
import { OpenTicket, TicketLine } from './ticket-item.tsx';

const fewClosed = 8;

/** Tickets that need a decision, a card for each group. A group keeps its key while its tickets are decided. */
export function OpenTickets({ mayChange }: { mayChange: boolean }) {
  const open = (tickets.data?.tickets ?? []).filter(isToDecide);
  if (open.length === 0) return null;
  return (
    <section class="stack" aria-label={texts().health.tickets.open} data-tickets-open={open.length}>
      {groupTickets(open).map((group, index) =>
        group.length === 1 ? (
          <OpenTicket key={group[0].ticket_id} ticket={group[0]} mayChange={mayChange} />
        ) : (
          <OpenGroup key={`group ${index}`} group={group} mayChange={mayChange} />
        ),
      )}
    </section>
  );
}

function settledAt(ticket: TicketRow): string {
  return ticket.closed_at ?? ticket.opened_at;
}

export function ClosedTickets({ mayChange }: { mayChange: boolean }) {
  const t = texts().health.tickets;
  const [isAll, setAll] = useState(false);
  const { data } = tickets.state.value;
  // The latest decision first, so that it can be undone.
  const closed = (data?.tickets ?? [])
    .filter((ticket) => !isToDecide(ticket))
    .sort((one, other) => Date.parse(settledAt(other)) - Date.parse(settledAt(one)));
  const groups = groupTickets(closed);
  const count = formatCount(closed.length, locale.value.language);
  return (
    <Card
      id="found"
      title={t.found}
      tools={closed.length > 0 && <span class="quiet">{t.closedCount(count)}</span>}
      data-tickets-closed={closed.length}
    >
      {data === null ? (
        <Waiting resource={tickets} height={120} />
      ) : closed.length === 0 ? (
        <p class="quiet">{t.none}</p>
      ) : (
        <div class="ticket-list">
          {groups
            .slice(0, isAll ? undefined : fewClosed)
            .map((group) =>
              group.length === 1 ? (
                <TicketLine key={group[0].ticket_id} ticket={group[0]} mayChange={mayChange} />
              ) : (
                <ClosedGroup key={`group ${group[0].ticket_id}`} group={group} mayChange={mayChange} />
              ),
            )}
        </div>
      )}
      {groups.length > fewClosed && !isAll && (
        <button type="button" class="button more-button" onClick={() => setAll(true)}>
          {t.showAll(count)}
        </button>
      )}
    </Card>
  );
}
