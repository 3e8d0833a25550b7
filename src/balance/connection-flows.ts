import { z } from 'zod';
import type { GridConnection } from '../home/grid-connection.ts';
import { setting, settingOf } from '../home/settings.ts';
import { type ChangedRange, mergeRanges } from '../ledger/entries/cause.ts';
import { FlowKeeper, type FlowKeeperDeps, type SourcesSetting } from './flow-keeper.ts';
import { connectionPlan, connectionSources } from './flow-plan.ts';

interface ConnectionFlowsDeps extends Omit<FlowKeeperDeps, 'plan' | 'remembered'> {
  /** What outlives the process. */
  readonly remembered: {
    load(kept: SourcesSetting): Promise<string | null>;
    save(kept: SourcesSetting, text: string): Promise<void>;
  };
}

/** One for each connection, by its id. Use another key when the rules of totals change. */
const connectionSetting = setting<string | null>({
  key: 'ledger_connection_sources_2_',
  schema: z.string(),
  fallback: null,
});

interface Kept {
  readonly createdAtUs: number;
  readonly keeper: FlowKeeper;
}

/**
 * Keeps the totals of each named connection up to date with its meters. The totals of a removed connection stay, and
 * are corrected when a connection with that id is added again.
 */
export class ConnectionFlows {
  readonly #deps: ConnectionFlowsDeps;
  readonly #everyMs: number | undefined;
  readonly #kept = new Map<string, Kept>();
  /** Ranges posted before the connections are known, by meter. */
  #early: Map<string, ChangedRange> | null = new Map();
  #isRunning = false;
  readonly #stopping = new Map<string, Promise<void>>();

  constructor(deps: ConnectionFlowsDeps, everyMs?: number) {
    this.#deps = deps;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#isRunning = true;
    for (const { keeper } of this.#kept.values()) keeper.start();
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    const keepers = [...this.#kept.values()].map(({ keeper }) => keeper.stop());
    await Promise.all([...this.#stopping.values(), ...keepers]);
  }

  setConnections(connections: readonly GridConnection[]): void {
    for (const [id, { keeper, createdAtUs }] of this.#kept) {
      if (connections.some((one) => one.connectionId === id && one.createdAtUs === createdAtUs)) continue;
      this.#kept.delete(id);
      this.#stopping.set(id, keeper.stop());
    }
    for (const { connectionId, createdAtUs, offtake, injection } of connections) {
      const kept = this.#kept.get(connectionId) ?? this.#keep(connectionId, createdAtUs);
      kept.keeper.setSources(connectionSources(offtake, injection));
    }
    const early = this.#early ?? new Map<string, ChangedRange>();
    this.#early = null;
    for (const [entityId, range] of early) this.posted(entityId, range);
  }

  posted(entityId: string, range: ChangedRange): void {
    this.#early?.set(entityId, mergeRanges(this.#early.get(entityId), range));
    for (const { keeper } of this.#kept.values()) keeper.posted(entityId, range);
  }

  isPostingPast(): boolean {
    return [...this.#kept.values()].some(({ keeper }) => keeper.isPostingPast());
  }

  /** What could not be posted is tried at once. */
  runNow(): void {
    for (const { keeper } of this.#kept.values()) keeper.runNow();
  }

  /** Resolves when everything reported so far is posted; rejects when it can not be. */
  async settle(): Promise<void> {
    await Promise.all(this.#stopping.values());
    for (const { keeper } of this.#kept.values()) await keeper.settle();
  }

  #keep(connectionId: string, createdAtUs: number): Kept {
    const { remembered } = this.#deps;
    const kept = settingOf(connectionSetting, connectionId);
    // Nothing is posted for a removed connection, so what an earlier one with this id kept does not count for this one.
    const stamp = `${createdAtUs} `;
    const keeper = new FlowKeeper(
      {
        ...this.#deps,
        plan: connectionPlan(connectionId),
        remembered: {
          load: async () => {
            const found = await remembered.load(kept);
            return found?.startsWith(stamp) ? found.slice(stamp.length) : null;
          },
          save: (sources) => remembered.save(kept, stamp + sources),
        },
      },
      this.#everyMs,
    );
    // Two keepers at once would write the same revision.
    const before = this.#stopping.get(connectionId) ?? Promise.resolve();
    if (this.#isRunning) void before.then(() => this.#isRunning && keeper.start());
    const one = { createdAtUs, keeper };
    this.#kept.set(connectionId, one);
    return one;
  }
}
