import type { Meter } from '../../src/ledger/entries/meter.ts';
import type { PostingWorker } from '../../src/ledger/posting/posting-worker.ts';
import type { ReadingStore } from '../../src/recording/reading-store.ts';
import { intervalAt } from '../../src/units/interval.ts';
import { until } from './questdb-probe.ts';

const everyMs = 1000;

/** Meters that report a reading every second, and how long each reading waits for the ledger. */
export class LiveMeters {
  readonly meters: readonly Meter[];
  readonly #readings: ReadingStore;
  readonly #postingWorker: PostingWorker;
  /** When each reading that is not posted was reported, by meter and instant. */
  readonly #waiting = new Map<string, Map<number, number>>();
  #delaysMs: number[] = [];
  #worker = 0;
  #timer: NodeJS.Timeout | undefined;
  #reporting: Promise<void> = Promise.resolve();

  constructor(count: number, readings: ReadingStore, postingWorker: PostingWorker) {
    this.meters = Array.from({ length: count }, (_, place) => ({
      entityId: `sensor.live_${place}_energy`,
      posts: 'register',
      kind: 'rising',
    }));
    this.#readings = readings;
    this.#postingWorker = postingWorker;
    postingWorker.onPosted((entityId, span) => this.#posted(entityId, span.endUs));
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#reporting = this.#reporting.then(() => this.#report());
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reporting;
  }

  /** Resolves after this many rounds of postings of all meters. */
  posted(rounds: number, withinMs: number): Promise<void> {
    return until('the live meters', withinMs, async () => this.#worker >= rounds * this.meters.length);
  }

  /** How late readings were posted since this was last asked, in ms; what waits still counts with its age. */
  delays(): number[] {
    const nowMs = performance.now();
    const waiting = [...this.#waiting.values()].flatMap((instants) => [...instants.values()]);
    const delays = [...this.#delaysMs, ...waiting.map((reportedMs) => nowMs - reportedMs)];
    this.#delaysMs = [];
    return delays;
  }

  async #report(): Promise<void> {
    const atUs = Date.now() * 1000;
    await this.#readings.append(
      this.meters.map(({ entityId }) => ({
        entityId,
        atUs,
        value: Math.round(atUs / 1_000_000) / 1000,
        absence: null,
        unit: 'kWh',
        sourceUnit: 'kWh',
        lastResetAtUs: null,
        origin: 'stream',
      })),
    );
    for (const { entityId } of this.meters) {
      const instants = this.#waiting.get(entityId) ?? new Map<number, number>();
      this.#waiting.set(entityId, instants.set(atUs, performance.now()));
      this.#postingWorker.markDirty(entityId, intervalAt(atUs));
    }
  }

  #posted(entityId: string, endUs: number): void {
    const instants = this.#waiting.get(entityId);
    if (instants === undefined) return;
    this.#worker += 1;
    for (const [atUs, reportedMs] of instants)
      if (atUs < endUs) {
        this.#delaysMs.push(performance.now() - reportedMs);
        instants.delete(atUs);
      }
  }
}
