/** Tickets and corrections in memory, with the faults that the real ones can't be asked for. */

import type { Correction } from '../../ledger/evidence/correction.ts';
import type { CorrectionOutcome, CorrectionRefusal, Corrections } from '../../ledger/evidence/corrections.ts';
import { quarterHourUs } from '../../units/durations.ts';
import type { Ticket, TicketStore } from '../ticket.ts';

export class MemoryTicketStore implements TicketStore {
  readonly tickets = new Map<string, Ticket>();
  isDown = false;
  saves = 0;

  async find(ticketId: string): Promise<Ticket | null> {
    this.#check();
    return this.tickets.get(ticketId) ?? null;
  }
  async save(ticket: Ticket): Promise<void> {
    this.#check();
    this.saves += 1;
    this.tickets.set(ticket.ticketId, ticket);
  }
  async list({ status, entityId, limit }: Parameters<TicketStore['list']>[0]): Promise<Ticket[]> {
    this.#check();
    const isOpen = (ticket: Ticket) => ticket.status === 'open';
    return [...this.tickets.values()]
      .filter((ticket) => status === 'all' || isOpen(ticket) === (status === 'open'))
      .filter((ticket) => entityId === null || ticket.entityId === entityId)
      .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || b.openedAtUs - a.openedAtUs)
      .slice(0, limit);
  }
  async openCount(): Promise<number> {
    return (await this.list({ status: 'open', entityId: null, limit: 2000 })).length;
  }
  #check(): void {
    if (this.isDown) throw new Error('mongodb://admin:secret@127.0.0.1 is down');
  }
}

/** Keeps what was declared; each changes one entry from 5 to 1. */
export class MemoryCorrections implements Corrections {
  readonly kept = new Map<string, Correction>();
  previews = 0;
  refuses: { field: 'atUs' | 'amountMicro'; refusal: CorrectionRefusal } | null = null;

  async of(entityId: string): Promise<Correction[]> {
    return [...this.kept.values()].filter((correction) => correction.entityId === entityId);
  }
  async preview(): Promise<CorrectionOutcome> {
    this.previews += 1;
    return this.#outcome();
  }
  async apply(correction: Correction): Promise<CorrectionOutcome> {
    const outcome = this.#outcome();
    if (outcome.kind === 'changed') this.kept.set(correction.correctionId, correction);
    return outcome;
  }
  async takeBack(correctionId: string): Promise<CorrectionOutcome> {
    return this.kept.delete(correctionId) ? this.#outcome() : { kind: 'unknown' };
  }
  #outcome(): CorrectionOutcome {
    if (this.refuses !== null) return { kind: 'refused', isConflict: false, ...this.refuses };
    const quantities = { quantityBeforeMicro: 5_000_000, quantityAfterMicro: 1_000_000 };
    return { kind: 'changed', changes: { entries: 1, ...quantities, startUs: 0, endUs: quarterHourUs } };
  }
}
