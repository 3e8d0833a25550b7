import type { Collection } from 'mongodb';
import type { Ticket, TicketStore } from '../../integrity/ticket.ts';
import { ticketsKept } from '../../integrity/tickets/tickets.ts';
import type { Documents } from './documents.ts';
import { documentOf, type TicketDocument, ticketCollection, ticketOf } from './ticket-document.ts';

const newestFirst = { openedAtUs: -1, _id: -1 } as const;
const closed = { $in: ['mended', 'decided', 'passed'] } as const;

export class MongoTicketStore implements TicketStore {
  readonly #documents: Pick<Documents, 'ask'>;
  readonly #kept: number;

  constructor(documents: Pick<Documents, 'ask'>, kept = ticketsKept) {
    this.#documents = documents;
    this.#kept = kept;
  }

  async find(ticketId: string): Promise<Ticket | null> {
    return this.#ask(async (tickets) => {
      const found = await tickets.findOne({ _id: ticketId });
      return found && ticketOf(found);
    });
  }

  async save(ticket: Ticket): Promise<void> {
    const { upsertedCount } = await this.#ask((tickets) =>
      tickets.replaceOne({ _id: ticket.ticketId }, documentOf(ticket), { upsert: true }),
    );
    if (upsertedCount > 0) await this.#prune();
  }

  async list({ status, entityId, limit }: Parameters<TicketStore['list']>[0]): Promise<Ticket[]> {
    const found: Ticket[] = [];
    for (const [wanted, filter] of [
      ['open', 'open'],
      ['closed', closed],
    ] as const) {
      const room = limit - found.length;
      // A limit of 0 would be none.
      if ((status !== 'all' && status !== wanted) || room < 1) continue;
      const where = { status: filter, ...(entityId === null ? {} : { entityId }) };
      found.push(
        ...(await this.#ask(async (tickets) =>
          (await tickets.find(where).sort(newestFirst).limit(room).toArray()).map(ticketOf),
        )),
      );
    }
    return found;
  }

  openCount(): Promise<number> {
    return this.#ask((tickets) => tickets.countDocuments({ status: 'open' }));
  }

  /** Closed tickets are removed first, the oldest of them. */
  async #prune(): Promise<void> {
    const all = await this.#ask((tickets) =>
      tickets
        .find({})
        .sort(newestFirst)
        .project<Pick<TicketDocument, '_id' | 'status'>>({ status: 1 })
        .toArray(),
    );
    const surplus = all.length - this.#kept;
    if (surplus <= 0) return;
    const oldestFirst = all.reverse();
    const going = [
      ...oldestFirst.filter(({ status }) => status !== 'open'),
      ...oldestFirst.filter(({ status }) => status === 'open'),
    ].slice(0, surplus);
    await this.#ask((tickets) => tickets.deleteMany({ _id: { $in: going.map(({ _id }) => _id) } }));
  }

  #ask<R>(question: (tickets: Collection<TicketDocument>) => Promise<R>): Promise<R> {
    return this.#documents.ask<TicketDocument, R>(ticketCollection, question);
  }
}
