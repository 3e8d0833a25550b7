import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { TicketOutcome } from '../../integrity/tickets/tickets.ts';
import { route } from '../../schemas/calls.ts';
import type { ticketOutcome } from '../../schemas/tickets.ts';
import { microFromValue } from '../../units/amount.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { valueOrNull } from '../answers/amounts.ts';
import { refusalDetail } from '../answers/refusal-words.ts';
import { ticketRow } from '../answers/ticket-row.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';

/** Posting a meter anew may take a while; the server's own limit is above it. */
const decideWithinMs = 25_000;

export function ticketRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { home, stores, integrity } = deps;
  const { tickets, ticketStore } = integrity;

  // Both stores take part; a 503 names QuestDB, which is the likelier one to be away.
  const decide = (work: () => Promise<TicketOutcome>) => fromStore(stores, 'questdb', work, decideWithinMs);

  app
    .openapi(route('GET /api/tickets'), async (c) => {
      const { status, entity_id: entityId = null, limit } = c.req.valid('query');
      const [found, openCount] = await fromStore(stores, 'mongodb', () =>
        Promise.all([ticketStore.list({ status, entityId, limit }), ticketStore.openCount()]),
      );
      return c.json(
        {
          tickets: found.map((ticket) => ticketRow(home, ticket)),
          count: found.length,
          open_count: openCount,
        },
        200,
      );
    })
    .openapi(route('GET /api/tickets/{ticket_id}'), async (c) => {
      const { ticket_id: id } = c.req.valid('param');
      const found = await fromStore(stores, 'mongodb', () => ticketStore.find(id));
      if (found === null)
        throw new HttpProblem(404, { detail: 'There is no such ticket.', field: 'ticket_id' });
      return c.json(ticketRow(home, found), 200);
    })
    .openapi(route('POST /api/tickets/{ticket_id}/resolve'), async (c) => {
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
      return c.json(outcomeOf(home, outcome, asked.dry_run), 200);
    })
    .openapi(route('POST /api/tickets/{ticket_id}/undo'), async (c) => {
      const { ticket_id: id } = c.req.valid('param');
      return c.json(outcomeOf(home, await decide(() => tickets.undo(id)), false), 200);
    });
}

const longestName = 100;

/** The user's name as Home Assistant passes it on; a direct request comes from this machine. */
function whoAsks(c: Context<ApiEnv>): string {
  const access = c.get('access');
  if (access.kind === 'direct') return 'this machine';
  const name = c.req.header('x-remote-user-display-name') ?? c.req.header('x-remote-user-name');
  return (name ?? access.userId ?? 'Home Assistant').slice(0, longestName);
}

/** @throws HttpProblem when the ticket was not decided */
function outcomeOf(
  home: ApiDeps['home'],
  outcome: TicketOutcome,
  isDryRun: boolean,
): z.infer<typeof ticketOutcome> {
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
        ticket: ticketRow(home, outcome.ticket),
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
}
