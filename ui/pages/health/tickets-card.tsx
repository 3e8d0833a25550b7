/** What was found that does not fit: what is to be decided first, then what is settled. */
import { useState } from 'preact/hooks';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { Problem, Skeleton } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import { isToDecide, tickets } from '../../state/tickets.ts';
import { texts } from '../../texts/texts.ts';
import { ClosedGroup, OpenGroup } from './ticket-group.tsx';
import { groupTickets } from './ticket-groups.ts';
import { OpenTicket, TicketLine } from './ticket-item.tsx';

const fewClosed = 8;

/** Those that wait for somebody, each thing a card of its own. A group keeps its place while its tickets are decided. */
export function OpenTickets({ mayChange }: { mayChange: boolean }) {
  const open = (tickets.data?.tickets ?? []).filter(isToDecide);
  if (open.length === 0) return null;
  return (
    <section class="stack" aria-label={texts().health.tickets.open} data-tickets-open={open.length}>
      {groupTickets(open).map((group, place) =>
        group.length === 1 ? (
          <OpenTicket key={group[0].ticket_id} ticket={group[0]} mayChange={mayChange} />
        ) : (
          <OpenGroup key={`group ${place}`} group={group} mayChange={mayChange} />
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
  const { data, problem } = tickets.state.value;
  // What was decided a moment ago stands first, for whoever wants it undone.
  const closed = (data?.tickets ?? [])
    .filter((ticket) => !isToDecide(ticket))
    .sort((one, other) => Date.parse(settledAt(other)) - Date.parse(settledAt(one)));
  const groups = groupTickets(closed);
  const count = formatCount(closed.length, locale.value.language);
  return (
    <section class="card" aria-labelledby="found-title" data-tickets-closed={closed.length}>
      <header>
        <h2 id="found-title">{t.found}</h2>
        {closed.length > 0 && <span class="quiet">{t.closedCount(count)}</span>}
      </header>
      {data === null ? (
        problem === null ? (
          <Skeleton height={120} />
        ) : (
          <Problem problem={problem} onRetry={() => void tickets.refresh()} />
        )
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
    </section>
  );
}
