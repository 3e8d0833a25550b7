import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Ticket } from '../../integrity/ticket.ts';
import type { TicketOutcome } from '../../integrity/tickets/tickets.ts';
import {
  type TicketRow,
  ticketOutcome,
  ticketQuery,
  ticketResolution,
  ticket as ticketSchema,
  tickets as ticketsSchema,
} from '../../schemas/tickets.ts';
import { microFromValue } from '../../units/amount.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { valueOrNull } from '../answers/amounts.ts';
import { refusalDetail } from '../answers/refusal-words.ts';
import { ticketRow } from '../answers/ticket-row.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { body, json, problems } from './answers.ts';

const tags = ['Integrity'];
const ticketId = z.object({ ticket_id: z.string().min(1).max(400) });
/** Posting a meter anew may take a while; the server's own limit is above it. */
const decideWithinMs = 25_000;

const list = createRoute({
  method: 'get',
  path: '/api/tickets',
  tags,
  summary: 'What does not fit: what was mended by itself, what asks for a decision, what was decided',
  description: 'Open ones first, then the newest first. The newest 2,000 are kept.',
  request: { query: ticketQuery },
  responses: { 200: json(ticketsSchema, 'Tickets'), ...problems(400, 503) },
});

const one = createRoute({
  method: 'get',
  path: '/api/tickets/{ticket_id}',
  tags,
  summary: 'One ticket',
  request: { params: ticketId },
  responses: { 200: json(ticketSchema, 'The ticket'), ...problems(404, 503) },
});

const resolve = createRoute({
  method: 'post',
  path: '/api/tickets/{ticket_id}/resolve',
  tags,
  summary: 'Decide about a ticket',
  description:
    'One of the ticket’s own `choices`. What is not as it was counted becomes a correction of the meter, and the ledger is posted anew; `dry_run` only tells what would change. 409 when it is not open. For administrators.',
  request: { params: ticketId, body: body(ticketResolution) },
  responses: {
    200: json(ticketOutcome, 'Decided, or what it would change'),
    ...problems(400, 403, 404, 409, 503),
  },
});

const undo = createRoute({
  method: 'post',
  path: '/api/tickets/{ticket_id}/undo',
  tags,
  summary: 'Take back what was decided, or what was mended by itself',
  description:
    'The ledger becomes what it would be without it, and the ticket asks again. For administrators.',
  request: { params: ticketId },
  responses: { 200: json(ticketOutcome, 'Taken back'), ...problems(403, 404, 409, 503) },
});

export function ticketRoutes(deps: ApiDeps, administrators: Administrators) {
  const { home, stores, integrity } = deps;
  const { tickets, ticketStore } = integrity;

  const rowOf = (ticket: Ticket): TicketRow => ticketRow(home, ticket);

  const outcomeOf = (outcome: TicketOutcome, isDryRun: boolean): z.infer<typeof ticketOutcome> => {
    switch (outcome.kind) {
      case 'unknown':
        throw new HttpProblem(404, { detail: 'There is no such ticket.', field: 'ticket_id' });
      case 'refused':
        throw new HttpProblem(400, {
          detail: refusalDetail(outcome.refusal),
          field: outcome.field,
        });
      case 'conflict':
        throw new HttpProblem(409, { detail: refusalDetail(outcome.conflict) });
      case 'done': {
        const { changes } = outcome;
        return {
          ticket: rowOf(outcome.ticket),
          dry_run: isDryRun,
          changes:
            changes === null
              ? null
              : {
                  entries: changes.entries,
                  quantity_before: valueOrNull(changes.quantityBeforeMicro),
                  quantity_after: valueOrNull(changes.quantityAfterMicro),
                  start: isoFromInstant(changes.startUs),
                  end: isoFromInstant(changes.endUs),
                },
        };
      }
    }
  };
  // Both stores are asked; readings are what most likely does not answer.
  const decide = (work: () => Promise<TicketOutcome>) => fromStore(stores, 'questdb', work, decideWithinMs);

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on(
    'POST',
    ['/api/tickets/:ticket_id/resolve', '/api/tickets/:ticket_id/undo'],
    administratorsOnly(administrators),
  );
  return app
    .openapi(list, async (c) => {
      const { status, entity_id: entityId = null, limit } = c.req.valid('query');
      const [found, openCount] = await fromStore(stores, 'mongodb', () =>
        Promise.all([ticketStore.list({ status, entityId, limit }), ticketStore.openCount()]),
      );
      return c.json({ tickets: found.map(rowOf), count: found.length, open_count: openCount }, 200);
    })
    .openapi(one, async (c) => {
      const { ticket_id: id } = c.req.valid('param');
      const found = await fromStore(stores, 'mongodb', () => ticketStore.find(id));
      if (found === null)
        throw new HttpProblem(404, { detail: 'There is no such ticket.', field: 'ticket_id' });
      return c.json(rowOf(found), 200);
    })
    .openapi(resolve, async (c) => {
      const asked = c.req.valid('json');
      const { ticket_id: id } = c.req.valid('param');
      const micro = (value: number | undefined) => (value === undefined ? null : microFromValue(value));
      const answer = {
        choice: asked.choice,
        valueMicro: micro(asked.value),
        oldRegisterMicro: micro(asked.old_register),
        newRegisterMicro: micro(asked.new_register),
        notes: asked.notes,
      };
      const outcome = await decide(() => tickets.resolve(id, answer, whoAsks(c), asked.dry_run));
      return c.json(outcomeOf(outcome, asked.dry_run), 200);
    })
    .openapi(undo, async (c) => {
      const { ticket_id: id } = c.req.valid('param');
      return c.json(outcomeOf(await decide(() => tickets.undo(id)), false), 200);
    });
}

const longestName = 100;

/** By the name that Home Assistant gives; whoever asks directly sits at the machine. */
function whoAsks(c: Context<ApiEnv>): string {
  const access = c.get('access');
  if (access.kind === 'direct') return 'this machine';
  const told = c.req.header('x-remote-user-display-name') ?? c.req.header('x-remote-user-name');
  return (told ?? access.userId ?? 'Home Assistant').slice(0, longestName);
}
