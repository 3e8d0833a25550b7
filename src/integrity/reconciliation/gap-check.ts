import type { StatisticsStore } from '../../ledger/evidence/statistics-store.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import { minuteUs } from '../../units/durations.ts';
import { Stillness } from '../detectors/frozen-power.ts';
import { absences, type Gap, joinGaps, silences, sortGaps } from '../detectors/gap.ts';
import { type GapOwner, gapFinding } from '../detectors/gap-finding.ts';
import type { Finding } from '../ticket.ts';
import type { Detected } from '../tickets/tickets.ts';
import { pagesOf } from './reading-check.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';

interface ReportedValue {
  readonly atUs: number;
  readonly value: number | null;
}

interface Continuity {
  /** Where the entity was unavailable or has no readings. */
  readonly gaps: readonly Gap[];
  /** A power sensor that hangs; null for all others. */
  readonly frozen: Finding | null;
}

/** More absences of one entity are not checked. */
const absencesLimit = 10_000;
const fiveMinutesUs = 5 * minuteUs;

interface Stores {
  readonly readings: Pick<ReadingStore, 'range' | 'before'>;
  readonly statistics: Pick<StatisticsStore, 'endingBefore'>;
}

/**
 * @param rowStartsUs Home Assistant's five-minute rows of the entity, ascending
 * @param isHeld the last value holds until `endUs`, because a change would have been reported
 */
export async function checkContinuity(
  stores: Stores,
  entity: Pick<ReconciledEntity, 'entityId' | 'unit'>,
  rowStartsUs: readonly number[],
  startUs: number,
  endUs: number,
  isHeld: boolean,
): Promise<Continuity> {
  const { entityId } = entity;
  const { readings } = stores;
  const before = await readings.before(entityId, startUs);
  const stillness = entity.unit === 'W' ? new Stillness() : null;
  // Only the readings where an absence begins or ends.
  const turns: ReportedValue[] = [];
  let wasAbsent = false;
  const take = (reported: ReportedValue) => {
    stillness?.take(reported);
    if (reported.value === null || wasAbsent) turns.push(reported);
    wasAbsent = reported.value === null;
  };
  if (before !== null) take(before);
  for await (const page of pagesOf(readings, entityId, startUs, endUs)) {
    page.forEach(take);
    if (turns.length > absencesLimit) break;
  }
  const silent: Gap[] = [];
  for (const gap of silences(rowStartsUs, [], startUs, endUs)) {
    const within: ReportedValue[] = [];
    for await (const page of pagesOf(readings, entityId, gap.startUs, gap.endUs)) within.push(...page);
    silent.push(...silences([gap.startUs - fiveMinutesUs, gap.endUs], within, gap.startUs, gap.endUs));
  }
  const absent = absences(turns, endUs);
  const [first] = absent;
  if (first !== undefined && !(await wasKnown(stores, entityId, rowStartsUs, first.startUs))) absent.shift();
  return {
    gaps: joinGaps([...absent, ...silent]),
    frozen: stillness?.finding(entityId, isHeld ? endUs : null) ?? null,
  };
}

/**
 * Before its first value an entity has no gap: a meter that reports once a day is unknown until then. A row has the value at
 * its end, so the row of the first value shows nothing of the time before.
 */
async function wasKnown(
  { readings, statistics }: Stores,
  entityId: string,
  rowStartsUs: readonly number[],
  atUs: number,
): Promise<boolean> {
  const [firstUs] = rowStartsUs;
  if (firstUs !== undefined && firstUs + fiveMinutesUs <= atUs) return true;
  if ((await readings.before(entityId, atUs, true)) !== null) return true;
  return (await statistics.endingBefore(entityId, atUs)) !== null;
}

/** The gaps of all checked entities as findings, an outage of the home as one. */
export function gapsDetected(
  entities: readonly ReconciledEntity[],
  gaps: ReadonlyMap<string, readonly Gap[]>,
): Detected[] {
  const sorted = sortGaps(gaps);
  const detected = sorted.home.map((gap) => gapDetected({ kind: 'home' }, gap));
  for (const entity of entities)
    for (const gap of sorted.entities.get(entity.entityId) ?? []) {
      // The device was away with all its sensors: its meter has the finding already.
      const owner = entity.meter !== null || entity.ownerId === null ? [] : (gaps.get(entity.ownerId) ?? []);
      if (owner.some(({ startUs, endUs }) => startUs < gap.endUs && gap.startUs < endUs)) continue;
      detected.push(gapDetected({ kind: entity.meter?.posts ?? 'value', entityId: entity.entityId }, gap));
    }
  return detected;
}

function gapDetected(owner: GapOwner, gap: Gap): Detected {
  const finding = gapFinding(owner, gap);
  return { finding, handling: finding.choices.length === 0 ? 'record' : 'ask' };
}
