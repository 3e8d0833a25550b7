/** A home of one meter whose Home Assistant, stores and ledger are in memory, to be reconciled. */

import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { MemorySettings } from '../../home/testing/doubles.ts';
import { quantityIn } from '../../ledger/corrections/quantity-in.ts';
import type { ChangeCause } from '../../ledger/entries/cause.ts';
import { StoredEvidence } from '../../ledger/evidence/stored-evidence.ts';
import { repost, usualRules } from '../../ledger/posting/reposting.ts';
import { MemoryLedger } from '../../ledger/testing/memory-ledger.ts';
import { MemoryStatistics, MemoryStatisticsStore } from '../../ledger/testing/statistics-doubles.ts';
import type { Reading } from '../../recording/reading.ts';
import {
  MemoryReadingStore,
  MemorySyncLog,
  quietLog,
  reading,
  testClock,
} from '../../recording/testing/doubles.ts';
import { hourUs, minuteUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import type { ReconciledEntity } from '../reconciliation/reconciled-entity.ts';
import type { HourVerifier, ReconciliationDeps } from '../reconciliation/reconciliation-deps.ts';
import { Tickets } from '../tickets/tickets.ts';
import { MemoryCorrections, MemoryTicketStore } from './doubles.ts';

export const meterId = 'sensor.meter';
/** More than any test needs. */
const mostProofs = 200;

export class ReconciledHome {
  readonly readings = new MemoryReadingStore();
  readonly statistics = new MemoryStatistics();
  readonly kept = new MemoryStatisticsStore();
  readonly ledger = new MemoryLedger();
  readonly ticketStore = new MemoryTicketStore();
  readonly corrections = new MemoryCorrections();
  readonly syncLog = new MemorySyncLog();
  readonly settings = new MemorySettings();
  /** What Home Assistant recorded and we have not. */
  missing: Reading[] = [];
  proofs = 0;
  isBusy = false;
  zone: string | null = 'Europe/Brussels';
  /** Held until it is let go. */
  gate: Promise<void> = Promise.resolve();
  readonly #touched: { entityId: string; span: Interval; cause: ChangeCause }[] = [];
  readonly #ids = Array.from({ length: 1000 }, (_, n) => `run-${String(n).padStart(3, '0')}`);

  entities: readonly ReconciledEntity[] = [
    {
      entityId: meterId,
      unit: 'kWh',
      meter: { entityId: meterId, posts: 'register', kind: 'rising' },
      ownerId: null,
      power: null,
    },
  ];

  /** A register that rises by 10 Wh a minute, and Home Assistant's rows of it. Posted. */
  async play(startUs: number, minutes: number, skip = (_minute: number) => false): Promise<void> {
    const all = Array.from({ length: minutes + 1 }, (_, minute) =>
      reading(meterId, startUs + minute * minuteUs, 100 + minute / 100),
    );
    await this.readings.append(all.filter((_, minute) => !skip(minute)));
    this.missing = all.filter((_, minute) => skip(minute));
    for (const period of ['hour', '5minute'] as const) {
      const rowUs = period === 'hour' ? hourUs : hourUs / 12;
      for (
        let rowStartUs = startUs;
        rowStartUs + rowUs <= startUs + minutes * minuteUs;
        rowStartUs += rowUs
      ) {
        const before = all.filter(({ atUs }) => atUs < rowStartUs + rowUs).at(-1)?.value ?? null;
        const none = { mean: null, min: null, max: null, unit: 'kWh' } as const;
        const row = {
          entityId: meterId,
          period,
          startUs: rowStartUs,
          endUs: rowStartUs + rowUs,
          state: before,
          sum: before,
        };
        this.statistics.rows.push({ ...row, ...none });
      }
    }
    await this.kept.append(this.statistics.rows);
    await this.post({ startUs, endUs: startUs + minutes * minuteUs }, 'readings');
  }

  async post(span: Interval, cause: ChangeCause): Promise<void> {
    const meter = { entityId: meterId, posts: 'register', kind: 'rising' } as const;
    const evidence = new StoredEvidence({
      readings: this.readings,
      statistics: this.kept,
      corrections: async () => [],
      kindOf: () => 'rising',
    });
    const deps = { evidence, ledger: this.ledger, clock: testClock, heldUntil: () => null };
    await repost(deps, usualRules, meter, { ...span, cause });
  }

  coverageVerifier(): HourVerifier {
    return {
      unverifiedCount: async (ids) => ids.length * 5,
      verify: async ({ entityIds: [entityId = meterId], startUs, endUs }, { onVerified }) => {
        this.proofs += 1;
        // Runs that follow on one another without time passing would never end.
        if (this.proofs > mostProofs) throw new Error('There are too many runs');
        await this.gate;
        if (!this.statistics.isConnected) throw new HomeAssistantUnavailable('Home Assistant is away');
        const found = this.missing.filter(({ atUs }) => atUs >= startUs && atUs < endUs);
        const [first, last] = [found[0], found.at(-1)];
        this.missing = this.missing.filter((one) => !found.includes(one));
        await this.readings.append(found.map((one) => ({ ...one, origin: 'history' })));
        const hours = (endUs - startUs) / hourUs;
        if (first === undefined || last === undefined)
          return onVerified(entityId, { hours, found: [], error: null });
        const one = { entityId, firstUs: first.atUs, lastUs: last.atUs, added: found.length };
        onVerified(entityId, { hours, found: [one], error: null });
      },
    };
  }

  deps(): ReconciliationDeps {
    const { corrections } = this;
    return {
      homeAssistant: this.statistics,
      readings: this.readings,
      statistics: this.kept,
      ledger: {
        current: (...asked) => this.ledger.current(...asked),
        journal: async (_, startUs, endUs) =>
          this.ledger.revisions.filter(
            ({ quarterHourStartUs }) => quarterHourStartUs >= startUs && quarterHourStartUs < endUs,
          ),
      },
      views: { buckets: async () => [] },
      corrections,
      posting: {
        markDirty: (entityId, span, cause) => this.#touched.push({ entityId, span, cause }),
        settle: async () => {
          for (const { span, cause } of this.#touched.splice(0)) await this.post(span, cause);
        },
      },
      coverageVerifier: this.coverageVerifier(),
      tickets: new Tickets({
        store: this.ticketStore,
        corrections,
        counted: (entityId, span) => quantityIn(this.ledger, entityId, span),
        clock: testClock,
        log: quietLog,
      }),
      syncLog: this.syncLog,
      settings: this.settings,
      entities: () => this.entities,
      zone: () => this.zone,
      isBusy: () => this.isBusy,
      clock: testClock,
      log: quietLog,
      newId: () => this.#ids.shift() ?? 'run-last',
    };
  }

  tickets() {
    return [...this.ticketStore.tickets.values()];
  }
}
