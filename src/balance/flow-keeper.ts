import { z } from 'zod';
import { type Setting, setting } from '../home/settings.ts';
import { type ChangeCause, type ChangedRange, isPast, mergeRanges } from '../ledger/entries/cause.ts';
import type { LedgerPage, LedgerStore } from '../ledger/entries/ledger-store.ts';
import { revise } from '../ledger/entries/revision.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { Worker } from '../runtime/worker.ts';
import { quarterHourStartUs, quarterHourUs } from '../units/quarter-hour.ts';
import { type FlowPlan, homePlan } from './flow-plan.ts';
import { type BalanceSources, sourceIds } from './sources.ts';

export interface FlowKeeperDeps {
  readonly ledger: LedgerStore;
  /** The first quarter that any of these has an entry in; null when none has. */
  readonly firstQuarterHourUs: (entityIds: readonly string[]) => Promise<number | null>;
  /** For which sources the past has been posted, so that a start does not post it again. */
  readonly remembered: { load(): Promise<string | null>; save(sources: string): Promise<void> };
  /** What is posted; the home's balance when not told. */
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

/** Quarters posted at once: a week of a dozen meters is some eight thousand entries in memory. */
const stepUs = 7 * 96 * quarterHourUs;

/**
 * Keeps the home's flows up with its meters. Told of every posting; what concerns a source of the balance is posted
 * again from the sources' current entries.
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
  /** Whether it is known for which sources the past was posted. */
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

  /** Other sources make another home: its whole past is posted again. */
  setSources(sources: BalanceSources): void {
    if (JSON.stringify(sources) === JSON.stringify(this.#sources)) return;
    this.#sources = sources;
    this.#ids = new Set(sourceIds(sources));
    this.#isEverythingNew = true;
  }

  posted(entityId: string, news: ChangedRange): void {
    if (this.#ids.has(entityId)) this.#waiting = mergeRanges(this.#waiting, news);
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

  /** Resolves when all that was told until now is posted; rejects when it could not be. */
  settle(): Promise<void> {
    return this.#worker.settle();
  }

  async #post(): Promise<void> {
    if (this.#ids.size === 0) return;
    const told = JSON.stringify(this.#sources);
    if (!this.#isRemembered) {
      // The past of the same sources was posted by an earlier process.
      if ((await this.#deps.remembered.load()) === told) this.#isEverythingNew = false;
      this.#isRemembered = true;
    }
    const isEverythingNew = this.#isEverythingNew;
    const news = this.#waiting;
    if (news === undefined && !isEverythingNew) return;
    this.#isEverythingNew = false;
    this.#waiting = undefined;
    this.#isPostingPast = isEverythingNew || (news !== undefined && isPast(news));
    try {
      await this.#postNews(isEverythingNew ? undefined : news);
      if (isEverythingNew) await this.#deps.remembered.save(told);
    } catch (cause) {
      this.#isEverythingNew ||= isEverythingNew;
      if (news) this.#waiting = mergeRanges(this.#waiting, news);
      throw cause;
    } finally {
      this.#isPostingPast = false;
    }
  }

  /** Without news: the whole past, and flows that other sources may have left behind are withdrawn. */
  async #postNews(news: ChangedRange | undefined): Promise<void> {
    const left = news === undefined ? this.#plan.every : [];
    const firstUs = await this.#deps.firstQuarterHourUs([...this.#ids, ...left]);
    if (firstUs === null) return;
    // No flow lies past the present.
    const nowUs = this.#deps.clock.nowUs() + quarterHourUs;
    const startUs = Math.max(firstUs, news?.startUs ?? firstUs);
    const endUs = Math.min(nowUs, news?.endUs ?? nowUs);
    const flows = news ? this.#plan.of(this.#sources) : this.#plan.every;
    await this.#postRange(quarterHourStartUs(startUs), endUs, flows, news?.cause ?? 'rules');
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
