import { isExternalStatistic } from '../../home/entity.ts';
import {
  type HomeStatisticsRow,
  type StatisticsPeriod,
  statisticsPeriodUs,
} from '../../home/home-assistant.ts';
import { historySinceUs } from '../../recording/backfill/history-depth.ts';
import type { SyncRun } from '../../recording/sync-log.ts';
import { hourUs } from '../../units/durations.ts';
import type {
  HistoryImportDeps,
  ImportEntity,
  ImportRunEnvironment,
  ImportRunLimits,
} from './import-deps.ts';
import type { ImportMarks } from './import-marks.ts';
import { Patience, Stopped } from './import-patience.ts';
import { begunRun, type ImportJob } from './import-queue.ts';
import { asked, copyPiece, entitiesPerPiece, nextStretch, type Piece } from './statistics-copy.ts';

/** A refresh fetches these rows again, because Core may have written them late. */
const rowsAgain = 2;
const postedAtOnce = 4;
/** Rows are searched this far before an instant, because a single hour may lie in an outage. */
const searchBackUs = 6 * hourUs;

/** One run of the import: first rows, for all entities together in the order of time, then the ledger. */
export class ImportRun {
  readonly #deps: HistoryImportDeps;
  readonly #limits: ImportRunLimits;
  readonly #marks: ImportMarks;
  readonly #job: ImportJob;
  readonly #environment: ImportRunEnvironment;
  readonly #patience: Patience;
  /** By entity, why it is left out. */
  readonly #failed = new Map<string, string>();
  readonly #rows = new Map<string, Record<StatisticsPeriod, number>>();
  /** Entities that have rows of a period, old or new ones. */
  readonly #withRows: Record<StatisticsPeriod, Set<string>> = { '5minute': new Set(), hour: new Set() };
  #run: SyncRun;

  constructor(
    deps: HistoryImportDeps,
    limits: ImportRunLimits,
    marks: ImportMarks,
    job: ImportJob,
    environment: ImportRunEnvironment,
  ) {
    this.#deps = deps;
    this.#limits = limits;
    this.#marks = marks;
    this.#job = job;
    this.#environment = environment;
    this.#patience = new Patience(limits, environment, deps.log);
    this.#run = begunRun(job, deps.clock.nowUs());
  }

  /** @returns the run as it ended; null when the process stops */
  async do(): Promise<SyncRun | null> {
    const nowUs = this.#deps.clock.nowUs();
    this.#progress({}, true);
    try {
      for (const period of this.#job.periods) {
        const startUs = await this.#beginnings(period, nowUs);
        const endUs = Math.min(nowUs, this.#job.range?.endUs ?? nowUs);
        this.#progress({ startUs: Math.min(this.#run.startUs, ...startUs.values()) });
        await this.#copyAll(period, startUs, endUs);
      }
      await this.#postAll(nowUs);
    } catch (cause) {
      if (cause instanceof Stopped) return null;
      throw cause;
    }
    const total = this.#job.entityIds.length;
    const error = this.#failed.size === 0 ? null : [...this.#failed].slice(0, 5).map((one) => one.join(': '));
    const isAll = this.#failed.size >= total;
    this.#noteSyncs(nowUs);
    await this.#saveMarks();
    return {
      ...this.#run,
      status: error === null ? 'success' : isAll ? 'failed' : 'partial',
      error: error?.join('; ') ?? null,
      entitiesDone: total,
      finishedAtUs: this.#deps.clock.nowUs(),
    };
  }

  #progress(change: Partial<SyncRun>, isMilestone = false): void {
    this.#run = { ...this.#run, ...change };
    this.#environment.onProgress(this.#run, isMilestone);
  }

  /** The job's entities that are still tracked and were not left out. */
  #open(): Map<string, ImportEntity> {
    const asked = new Set(this.#job.entityIds);
    return new Map(
      this.#deps
        .entities()
        .filter(({ entityId }) => asked.has(entityId) && !this.#failed.has(entityId))
        .map((entity) => [entity.entityId, entity]),
    );
  }

  /** By entity, the start of the rows to fetch; one without rows is absent. */
  async #beginnings(period: StatisticsPeriod, nowUs: number): Promise<Map<string, number>> {
    const { range } = this.#job;
    const found = new Map<string, number>();
    const unknown: string[] = [];
    // A store that was lost or restored has less than the mark covers.
    const ends = await this.#patience.until(() => this.#deps.statistics.ends(period));
    for (const entityId of ends.keys()) this.#withRows[period].add(entityId);
    for (const entityId of this.#open().keys()) {
      // Core keeps hourly rows only for them.
      if (period === '5minute' && isExternalStatistic(entityId)) continue;
      const markUs = this.#marks.of(entityId).endUs[period];
      const endUs = ends.get(entityId);
      if (range !== null || markUs === null || endUs === undefined) unknown.push(entityId);
      else found.set(entityId, Math.min(markUs, endUs) - rowsAgain * statisticsPeriodUs[period]);
    }
    for (let at = 0; at < unknown.length; at += entitiesPerPiece) {
      const some = unknown.slice(at, at + entitiesPerPiece);
      const firsts =
        period === 'hour' ? await this.#firstHours(some) : await this.#firstFiveMinutes(some, nowUs);
      for (const [entityId, firstUs] of firsts) {
        if (range === null) this.#marks.reach(entityId, period, null);
        // A requested range may begin years before the first row: those are not fetched.
        const askedUs =
          Math.floor((range?.startUs ?? firstUs) / statisticsPeriodUs[period]) * statisticsPeriodUs[period];
        found.set(entityId, Math.max(firstUs, askedUs));
      }
    }
    return found;
  }

  async #firstHours(entityIds: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    await this.#ask(entityIds, async (ids) => {
      for (const [entityId, firstUs] of await asked(() => this.#deps.homeAssistant.firstStatistics(ids)))
        found.set(entityId, firstUs);
    });
    return found;
  }

  async #firstFiveMinutes(entityIds: readonly string[], nowUs: number): Promise<Map<string, number>> {
    const sinceUs = await historySinceUs(async (atUs) => {
      let hasRows = false;
      await this.#ask(entityIds, async (ids) => {
        const rows = await asked(() =>
          this.#deps.homeAssistant.statistics(ids, atUs - searchBackUs, atUs, '5minute'),
        );
        hasRows ||= rows.length > 0;
      });
      return hasRows;
    }, nowUs);
    return new Map(entityIds.map((entityId) => [entityId, sinceUs]));
  }

  async #copyAll(period: StatisticsPeriod, startsUs: Map<string, number>, endUs: number): Promise<void> {
    const knownUs = new Map(
      [...startsUs.keys()].map((id) => [id, this.#marks.of(id).endUs[period] ?? Number.NEGATIVE_INFINITY]),
    );
    const nextUs = new Map(startsUs);
    for (;;) {
      const stretch = nextStretch(nextUs, endUs, period);
      if (stretch === null) return;
      const { entityIds, startUs, endUs: stretchEndUs } = stretch;
      for (let at = 0; at < entityIds.length; at += entitiesPerPiece) {
        const some = entityIds.slice(at, at + entitiesPerPiece);
        await this.#ask(some, (ids) =>
          this.#copy({ entityIds: ids, startUs, endUs: stretchEndUs }, period, knownUs),
        );
        await this.#saveMarks();
        this.#progress({});
        await this.#patience.rest(this.#limits.breathMs);
      }
      for (const entityId of entityIds) nextUs.set(entityId, stretchEndUs);
    }
  }

  async #copy(asked: Piece, period: StatisticsPeriod, knownUs: ReadonlyMap<string, number>): Promise<void> {
    const { homeAssistant, statistics } = this.#deps;
    const entities = this.#open();
    const entityIds = asked.entityIds.filter((entityId) => entities.has(entityId));
    if (entityIds.length === 0) return;
    const rows = await copyPiece(
      homeAssistant,
      statistics,
      { ...asked, entityIds },
      period,
      (row) => this.#isInUnit(row, entities.get(row.entityId)),
      (about) => this.#willBeUnposted(about, entities),
    );
    for (const row of rows) if (row.endUs > (knownUs.get(row.entityId) ?? 0)) this.#count(row);
    if (this.#job.range !== null) return;
    for (const entityId of entityIds)
      if (!this.#failed.has(entityId)) this.#marks.reach(entityId, period, asked.endUs);
  }

  #count(row: HomeStatisticsRow): void {
    const rows = this.#rows.get(row.entityId) ?? { '5minute': 0, hour: 0 };
    rows[row.period] += 1;
    this.#withRows[row.period].add(row.entityId);
    this.#rows.set(row.entityId, rows);
    this.#run = { ...this.#run, readingsAdded: this.#run.readingsAdded + 1 };
  }

  /** Rows in another unit than the entity's may be another quantity. */
  #isInUnit(row: HomeStatisticsRow, entity: ImportEntity | undefined): boolean {
    if (entity === undefined) return false;
    if (row.unit === entity.unit) return true;
    const unit = row.unit ?? 'a unit that is not known';
    this.#failed.set(row.entityId, `its statistics are in ${unit} and not in ${entity.unit}`);
    return false;
  }

  /** Written before the rows, so that a process that dies in between posts them after its restart. */
  async #willBeUnposted(
    rows: readonly HomeStatisticsRow[],
    entities: ReadonlyMap<string, ImportEntity>,
  ): Promise<void> {
    let isNew = false;
    for (const { entityId, startUs } of rows) {
      if (entities.get(entityId)?.posting == null) continue;
      isNew = this.#marks.addUnposted(entityId, startUs) || isNew;
    }
    if (isNew) await this.#saveMarks();
  }

  async #postAll(nowUs: number): Promise<void> {
    const entities = this.#deps.entities();
    const asked = new Set(this.#job.entityIds);
    const waiting = entities.flatMap(({ entityId, posting }) => {
      const startUs = this.#marks.of(entityId).unpostedFromUs;
      return startUs === null || posting === null || !asked.has(entityId)
        ? []
        : [{ entityId, posting, startUs }];
    });
    // The home's flows depend on all of its sources: posted one by one, each would post the flows again.
    const groups = [waiting.filter(({ posting }) => posting === 'together')];
    const alone = waiting.filter(({ posting }) => posting === 'alone');
    for (let at = 0; at < alone.length; at += postedAtOnce) groups.push(alone.slice(at, at + postedAtOnce));
    this.#progress({ entitiesDone: asked.size - waiting.length }, true);
    for (const group of groups.filter(({ length }) => length > 0)) {
      const spans = new Map(group.map(({ entityId, startUs }) => [entityId, { startUs, endUs: nowUs + 1 }]));
      await this.#patience.until(() => this.#deps.post(spans));
      for (const { entityId } of group) this.#marks.posted(entityId);
      await this.#saveMarks();
      this.#progress({ entitiesDone: this.#run.entitiesDone + group.length });
    }
  }

  #noteSyncs(atUs: number): void {
    for (const entityId of this.#job.entityIds) {
      const status = this.#failed.has(entityId) ? 'failed' : 'success';
      for (const period of this.#job.periods) {
        if (status === 'success' && !this.#withRows[period].has(entityId)) continue;
        const rows = this.#rows.get(entityId)?.[period] ?? 0;
        this.#marks.addSync(entityId, { period, atUs, rows, status });
      }
    }
  }

  async #saveMarks(): Promise<void> {
    try {
      await this.#marks.save(this.#deps.clock.nowUs());
    } catch (cause) {
      this.#deps.log.debug({ err: cause }, 'how far the past is imported was not written');
    }
  }

  #ask(entityIds: readonly string[], work: (entityIds: readonly string[]) => Promise<void>): Promise<void> {
    return this.#patience.answered(entityIds, work, (entityId, why) => this.#failed.set(entityId, why));
  }
}
