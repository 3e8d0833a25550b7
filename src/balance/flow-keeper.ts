import { z } from 'zod';
import { type Setting, setting } from '../home/settings.ts';
import { type ChangeCause, type ChangedRange, isPast, mergeRanges } from '../ledger/entries/cause.ts';
import type { LedgerPage, LedgerStore } from '../ledger/entries/ledger-store.ts';
import { revise } from '../ledger/entries/revision.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { Worker } from '../runtime/worker.ts';
import { quarterHourUs } from '../units/durations.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { type FlowPlan, homePlan } from './flow-plan.ts';
import { type BalanceSources, sourceIds } from './sources.ts';

export interface FlowKeeperDeps {
  readonly ledger: LedgerStore;
  /** The first quarter-hour that any of these has an entry in; null when none has. */
  readonly firstQuarterHourUs: (entityIds: readonly string[]) => Promise<number | null>;
  /** The sources whose past is posted, so that a start does not post it again. */
  readonly remembered: { load(): Promise<string | null>; save(sources: string): Promise<void> };
  /** What is posted; the home's balance when absent. */
  readonly plan?: FlowPlan;
  readonly clock: Clock;
  readonly log: Log;
}

/** The sources whose past was posted, as a text. */
export type SourcesSetting = Setting<string | null>;

/** Use another key when the rules of flows change: their past is posted again, once. */
export const flowsSetting: SourcesSetting = setting<string | null>({
  key: 'ledger_flow_sources_2',
  schema: z.string(),
  fallback: null,
});

/** Quarter-hours posted at once: a week of a dozen meters is some eight thousand entries in memory. */
const stepUs = 7 * 96 * quarterHourUs;

/**
 * Keeps the home's flows up to date with its meters. It receives every posting and posts what concerns a source of the
 * balance again, from the sources' current entries.
 */
export class FlowKeeper {
  readonly #deps: FlowKeeperDeps;
  readonly #plan: FlowPlan;
  readonly #worker: Worker;
  #sources: BalanceSources = { gridIn: [], gridOut: [], solar: [], batteryIn: [], batteryOut: [] };
  #ids: ReadonlySet<string> = new Set();
  #waiting: ChangedRange | undefined;
  #isEverythingNew = false;
  #isPostingPast = false;
  /** Whether `remembered` is loaded. */
  #isRemembered = false;

  constructor(deps: FlowKeeperDeps, everyMs = 2000) {
    this.#deps = deps;
    this.#plan = deps.plan ?? homePlan;
    const failure = "What the home's meters make together could not be posted";
    this.#worker = new Worker({ work: () => this.#post(), failure, log: deps.log }, everyMs);
  }

  start(): void {
    this.#worker.start();
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  sources(): BalanceSources {
    return this.#sources;
  }

  /** When the sources change, the whole past is posted again. */
  setSources(sources: BalanceSources): void {
    if (JSON.stringify(sources) === JSON.stringify(this.#sources)) return;
    this.#sources = sources;
    this.#ids = new Set(sourceIds(sources));
    this.#isEverythingNew = true;
  }

  posted(entityId: string, range: ChangedRange): void {
    if (this.#ids.has(entityId)) this.#waiting = mergeRanges(this.#waiting, range);
  }

  /** What lies longer ago than a day is being posted, or waits for it. */
  isPostingPast(): boolean {
    if (this.#ids.size === 0) return false;
    const isNew = this.#isEverythingNew && this.#isRemembered;
    return this.#isPostingPast || isNew || (this.#waiting !== undefined && isPast(this.#waiting));
  }

  /** What could not be posted is tried at once. */
  runNow(): void {
    this.#worker.runNow();
  }

  /** Resolves when everything reported so far is posted; rejects when it can not be. */
  settle(): Promise<void> {
    return this.#worker.settle();
  }

  async #post(): Promise<void> {
    if (this.#ids.size === 0) return;
    const sourcesText = JSON.stringify(this.#sources);
    if (!this.#isRemembered) {
      // The past of the same sources was posted by an earlier process.
      if ((await this.#deps.remembered.load()) === sourcesText) this.#isEverythingNew = false;
      this.#isRemembered = true;
    }
    const isEverythingNew = this.#isEverythingNew;
    const range = this.#waiting;
    if (range === undefined && !isEverythingNew) return;
    this.#isEverythingNew = false;
    this.#waiting = undefined;
    this.#isPostingPast = isEverythingNew || (range !== undefined && isPast(range));
    try {
      await this.#postChanges(isEverythingNew ? undefined : range);
      if (isEverythingNew) await this.#deps.remembered.save(sourcesText);
    } catch (cause) {
      this.#isEverythingNew ||= isEverythingNew;
      if (range) this.#waiting = mergeRanges(this.#waiting, range);
      throw cause;
    } finally {
      this.#isPostingPast = false;
    }
  }

  /** Without a range: posts the whole past and withdraws flows that other sources left behind. */
  async #postChanges(range: ChangedRange | undefined): Promise<void> {
    const left = range === undefined ? this.#plan.every : [];
    const firstUs = await this.#deps.firstQuarterHourUs([...this.#ids, ...left]);
    if (firstUs === null) return;
    // No flow lies past the present.
    const nowUs = this.#deps.clock.nowUs() + quarterHourUs;
    const startUs = Math.max(firstUs, range?.startUs ?? firstUs);
    const endUs = Math.min(nowUs, range?.endUs ?? nowUs);
    const flows = range ? this.#plan.of(this.#sources) : this.#plan.every;
    await this.#postRange(quarterHourStartUs(startUs), endUs, flows, range?.cause ?? 'rules');
  }

  async #postRange(
    startUs: number,
    endUs: number,
    ids: readonly string[],
    cause: ChangeCause,
  ): Promise<void> {
    const { ledger, clock } = this.#deps;
    for (let stepStartUs = startUs; stepStartUs < endUs; stepStartUs += stepUs) {
      const stepEndUs = Math.min(stepStartUs + stepUs, quarterHourStartUs(endUs - 1) + quarterHourUs);
      const lists = await Promise.all(
        [...this.#ids].map(async (id) => [id, await ledger.current(id, stepStartUs, stepEndUs)] as const),
      );
      const flows = this.#plan.post(this.#sources, new Map(lists));
      const pages: LedgerPage[] = [];
      for (const flow of ids) {
        const current = await ledger.current(flow, stepStartUs, stepEndUs);
        const entries = revise(flows.get(flow) ?? [], current, clock.nowUs(), cause);
        if (entries.length > 0) pages.push({ entityId: flow, entries, openings: [] });
      }
      if (pages.length > 0) await ledger.write(pages);
    }
  }
}
