/** What was found that does not fit: fetched when it is looked at, and again whenever the app tells that it changed. */

import { signal } from '@preact/signals';
import type { TicketRow, Tickets } from '../../src/schemas/tickets.ts';
import { api } from '../api.ts';
import { Resource } from './resource.ts';

const limit = 200;

export const tickets = new Resource<Tickets>((aborted) => api.tickets({ status: 'all', limit }, aborted));
/** Counts up when the app told that something was found, decided or undone. */
export const ticketChanges = signal(0);

/** Whether it waits for somebody: one that is open without a choice can only be looked at. */
export function isToDecide({ status, choices }: TicketRow): boolean {
  return status === 'open' && choices.length > 0;
}

export function openDecisions(): number {
  return (tickets.data?.tickets ?? []).filter(isToDecide).length;
}
