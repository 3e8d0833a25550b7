/** Tickets of one cause: one line, one decision if it is the same for all, and each ticket on demand. */
import { mdiAlertCircleOutline, mdiCheckCircleOutline } from '@mdi/js';
import { useId, useState } from 'preact/hooks';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { api } from '../../api.ts';
import { useAction } from '../../components/action.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatSpan } from '../../format/instants.ts';
import { formatCount } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import { tickets } from '../../state/tickets.ts';
import { texts } from '../../texts/texts.ts';
import { ActionFailure } from './ticket-decision.tsx';
import { spanOfGroup } from './ticket-groups.ts';
import { TicketLine } from './ticket-item.tsx';

type Group = readonly [TicketRow, ...TicketRow[]];

function useHead(group: Group): { title: string; span: string } {
  const t = texts().health.tickets;
  const [{ kind, name, entity_id: entityId }, ...others] = group;
  const count = formatCount(others.length, locale.value.language);
  return {
    title: t.kinds[kind](t.andMore(name ?? entityId ?? t.home, count, others.length === 1)),
    span: formatSpan(spanOfGroup(group), locale.value),
  };
}

function Lines({ group, mayChange }: { group: Group; mayChange: boolean }) {
  return (
    <div class="ticket-list">
      {group.map((ticket) => (
        <TicketLine key={ticket.ticket_id} ticket={ticket} mayChange={mayChange} />
      ))}
    </div>
  );
}

/** Accepts all tickets at once. Needs no dry run, because no figure changes. */
function AcceptAll({ group }: { group: Group }) {
  const t = texts().health.tickets;
  const action = useAction();
  const acceptAll = async () => {
    try {
      for (const { ticket_id: id } of group) await api.resolveTicket(id, { choice: 'accept' });
    } finally {
      await tickets.refresh();
    }
    return null;
  };
  return (
    <>
      <div class="row">
        <button
          type="button"
          class="button is-main"
          disabled={action.isBusy}
          onClick={() => void action.run(acceptAll)}
        >
          {action.isBusy ? t.confirming : t.acceptAll(formatCount(group.length, locale.value.language))}
        </button>
        <small class="quiet">{t.choiceWhat.accept}</small>
      </div>
      <ActionFailure action={action} />
    </>
  );
}

export function OpenGroup({ group, mayChange }: { group: Group; mayChange: boolean }) {
  const t = texts().health.tickets;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const { title, span } = useHead(group);
  return (
    <section class="card ticket" aria-labelledby={id} data-ticket-group={group.length}>
      <header>
        <div class="ticket-title">
          <Icon path={mdiAlertCircleOutline} class="is-asking" />
          <h2 id={id}>{title}</h2>
        </div>
        <span class="quiet">{span}</span>
      </header>
      <div class="ticket-words">
        <p>{t.together}</p>
        {mayChange && group[0].choices.includes('accept') && <AcceptAll group={group} />}
        <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t.each}</summary>
          {isOpen && <Lines group={group} mayChange={mayChange} />}
        </details>
      </div>
    </section>
  );
}

export function ClosedGroup({ group, mayChange }: { group: Group; mayChange: boolean }) {
  const t = texts().health.tickets;
  const [isOpen, setOpen] = useState(false);
  const { title, span } = useHead(group);
  const [{ status }] = group;
  return (
    <details
      class="fold ticket"
      data-ticket-group={group.length}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        <Icon
          path={status === 'open' ? mdiAlertCircleOutline : mdiCheckCircleOutline}
          class={status === 'open' ? 'is-asking' : 'is-ok'}
        />
        <span class="ticket-line">
          <span>{title}</span>
          <small class="quiet">
            {span} · {t.status[status]}
          </small>
        </span>
      </summary>
      {isOpen && <Lines group={group} mayChange={mayChange} />}
    </details>
  );
}
