/** Tickets in memory, and a reconciliation that only records its calls. */
import { silentLog, testClock } from '../../home/testing/doubles.ts';
import type { ReconcilerStatus } from '../../integrity/reconciliation/reconciler.ts';
import { MemoryCorrections, MemoryTicketStore } from '../../integrity/testing/doubles.ts';
import { Tickets } from '../../integrity/tickets/tickets.ts';
import type { IntegrityParts } from '../http/ports.ts';

export class TestIntegrity {
  readonly ticketStore = new MemoryTicketStore();
  readonly corrections = new MemoryCorrections();
  readonly tickets = new Tickets({
    store: this.ticketStore,
    corrections: this.corrections,
    counted: async () => null,
    clock: testClock,
    log: silentLog,
  });
  readonly requested: Parameters<IntegrityParts['reconciler']['request']>[] = [];
  status: ReconcilerStatus = {
    isOk: true,
    detail: null,
    run: null,
    last: null,
    lastFinishedAtUs: null,
    lastHourlyUs: null,
    lastNightlyUs: null,
    unverifiedHours: null,
    nextHourlyUs: Date.UTC(2026, 10, 21, 9, 6) * 1000,
    nextNightlyUs: Date.UTC(2026, 10, 22, 1) * 1000,
  };
  isPlanKnown = true;
  /** No further run may wait. */
  isFull = false;

  parts(): IntegrityParts {
    return {
      tickets: this.tickets,
      ticketStore: this.ticketStore,
      reconciler: {
        request: (...asked) => {
          if (this.isFull) return null;
          this.requested.push(asked);
          return 'reconciliation-1';
        },
        running: () => null,
        status: () => this.status,
        plan: async () => {
          if (!this.isPlanKnown) throw new Error('questdb://admin:secret@127.0.0.1 is down');
          return { startUs: 0, endUs: 864_000_000_000, entities: 3, hours: 480, unverifiedHours: 7 };
        },
      },
    };
  }
}
