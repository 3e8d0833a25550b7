/** Tickets: fetched when a page shows them, and again when the app reports a change. */
import { signal } from '@preact/signals';
import type { TicketRow, Tickets } from '../../src/schemas/tickets.ts';
import { api } from '../api.ts';
import { Resource } from './resource.ts';

const limit = 200;

export const tickets = new Resource<Tickets>((aborted) => api.tickets({ status: 'all', limit }, aborted));
/** Increments when the app reports that a ticket was opened, decided or undone. */
export const ticketChanges = signal(0);

/** Whether a user has to decide. An open ticket without choices is only shown. */
export function isToDecide({ status, choices }: TicketRow): boolean {
  return status === 'open' && choices.length > 0;
}

export function openDecisions(): number {
  return (tickets.data?.tickets ?? []).filter(isToDecide).length;
}
