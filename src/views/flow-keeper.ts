import type { LedgerPage, LedgerStore } from '../ledger/ledger-store.ts';
import { revise } from '../ledger/revision.ts';
import { joinSpans, type Span } from '../ledger/span.ts';
import type { Clock } from '../units/clock.ts';
import type { Log } from '../units/log.ts';
import { quarterStartUs, quarterUs } from '../units/quarter.ts';
import { everyFlow, type FlowId, flowsOf, postFlows } from './flow-posting.ts';
import { type BalanceSources, sourceIds } from './sources.ts';

export interface FlowKeeperDeps {
  readonly ledger: LedgerStore;
  /** The first quarter that any of these has an entry in; null when none has. */
  readonly firstQuarterUs: (entityIds: readonly string[]) => Promise<number | null>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Quarters posted at once: a week of a dozen meters is some eight thousand entries in memory. */
const stepUs = 7 * 96 * quarterUs;

/**
 * Keeps the home's flows up with its meters. Told of every posting; what concerns a source of the balance is posted
 * again from the sources' current entries.
 */
export class FlowKeeper {
  readonly #deps: FlowKeeperDeps;
  readonly #everyMs: number;
  #sources: BalanceSources = { gridIn: [], gridOut: [], solar: [], batteryIn: [], batteryOut: [] };
  #ids: ReadonlySet<string> = new Set();
  #waiting: Span | undefined;
  #isEverythingNew = false;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> = Promise.resolve();
  #isStopped = false;
  #error: string | null = null;

  constructor(deps: FlowKeeperDeps, everyMs = 2000) {
    this.#deps = deps;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#round;
  }

  sources(): BalanceSources {
    return this.#sources;
  }

  /** Other sources make another home: its whole past is posted again. */
  setSources(sources: BalanceSources): void {
    if (JSON.stringify(sources) === JSON.stringify(this.#sources)) return;
    this.#sources = sources;
    this.#ids = new Set(sourceIds(sources));
    this.#isEverythingNew = true;
  }

  posted(entityId: string, span: Span): void {
    if (this.#ids.has(entityId)) this.#waiting = joinSpans(this.#waiting, span);
  }

  /** Resolves when all that was told until now is posted; rejects when it could not be. */
  async settle(): Promise<void> {
    await this.#run();
    if (this.#error !== null) throw new Error(this.#error);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      void this.#run().finally(() => this.#schedule());
    }, this.#everyMs);
    this.#timer.unref();
  }

  #run(): Promise<void> {
    this.#round = this.#round.then(() => this.#post());
    return this.#round;
  }

  async #post(): Promise<void> {
    if (this.#isStopped || this.#ids.size === 0) return;
    const wasEverythingNew = this.#isEverythingNew;
    const span = this.#waiting;
    if (span === undefined && !wasEverythingNew) return;
    this.#isEverythingNew = false;
    this.#waiting = undefined;
    try {
      const firstUs = await this.#deps.firstQuarterUs([...this.#ids]);
      if (firstUs !== null) {
        const fromUs = wasEverythingNew ? firstUs : Math.max(firstUs, span?.fromUs ?? firstUs);
        // Flows may stand where no source has an entry any more, but none lies past the present.
        const nowUs = this.#deps.clock.nowUs() + quarterUs;
        const untilUs = wasEverythingNew ? nowUs : Math.min(nowUs, span?.untilUs ?? nowUs);
        // Other sources may leave flows behind that the home no longer has: those are withdrawn.
        const flows = wasEverythingNew ? everyFlow : flowsOf(this.#sources);
        await this.#postRange(quarterStartUs(fromUs), untilUs, flows);
      }
      this.#error = null;
    } catch (cause) {
      this.#isEverythingNew ||= wasEverythingNew;
      if (span) this.#waiting = joinSpans(this.#waiting, span);
      this.#error = cause instanceof Error ? cause.message : String(cause);
      this.#deps.log.warn({ err: this.#error }, "The home's balance could not be posted; it is tried again");
    }
  }

  async #postRange(fromUs: number, untilUs: number, ids: readonly FlowId[]): Promise<void> {
    const { ledger, clock } = this.#deps;
    for (let startUs = fromUs; startUs <= untilUs; startUs += stepUs) {
      const stopUs = Math.min(startUs + stepUs, quarterStartUs(untilUs) + quarterUs);
      const lists = await Promise.all(
        [...this.#ids].map(async (id) => [id, await ledger.current(id, startUs, stopUs)] as const),
      );
      const flows = postFlows(this.#sources, new Map(lists));
      const pages: LedgerPage[] = [];
      for (const flow of ids) {
        const current = await ledger.current(flow, startUs, stopUs);
        const entries = revise(flows.get(flow) ?? [], current, clock.nowUs());
        if (entries.length > 0) pages.push({ entityId: flow, entries, openings: [] });
      }
      if (pages.length > 0) await ledger.write(pages);
    }
  }
}
