import { type Correction, correctedInterval } from '../../ledger/evidence/correction.ts';
import { dayUs, hourUs, quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { frozenCounterFindings, type HourOfBoth } from '../detectors/frozen-counter.ts';
import type { Gap } from '../detectors/gap.ts';
import { type Finding, ticketIdOf } from '../ticket.ts';
import type { Detected } from '../tickets/tickets.ts';
import { checkContinuity } from './gap-check.ts';
import { checkHours } from './hour-check.ts';
import { checkRegister } from './reading-check.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';
import type { ReconciliationDeps } from './reconciliation-deps.ts';
import { refreshRows, rowsOf } from './statistics-refresh.ts';
import { highestUsualMicro } from './usual-hours.ts';

interface CheckedEntity {
  readonly hours: number;
  readonly differing: number;
  readonly detected: readonly Detected[];
  readonly gaps: readonly Gap[];
  /** Where rows differed from Home Assistant's, and were replaced and posted again; null without any. */
  readonly refreshed: Interval | null;
}

/** How far back the row before the range may be, where one is missing. */
const rowBeforeUs = dayUs;
const habitUs = 10 * dayUs;
/** What is usual for a sensor is known only over this long. */
const longRangeUs = 5 * dayUs;

type CheckDeps = Pick<
  ReconciliationDeps,
  'homeAssistant' | 'readings' | 'statistics' | 'ledger' | 'views' | 'corrections' | 'posting'
>;

/** Checks one entity in [startUs, endUs). Rejects when Home Assistant or a store is away. */
export async function checkEntity(
  deps: CheckDeps,
  entity: ReconciledEntity,
  startUs: number,
  endUs: number,
): Promise<CheckedEntity> {
  const { entityId, meter, unit } = entity;
  const detected: Detected[] = [];
  let hours = { hours: 0, differing: 0 };
  let refreshed: Interval | null = null;
  if (meter?.posts === 'register' && (unit === 'kWh' || unit === 'm³')) {
    const { kind } = meter;
    const corrections = await deps.corrections.of(entityId);
    const rows = await rowsOf(deps.homeAssistant, entity, startUs - rowBeforeUs, endUs, 'hour');
    refreshed = await refreshRows(deps.statistics, entityId, rows);
    if (refreshed !== null) {
      deps.posting.markDirty(entityId, refreshed, 'reconciled');
      await deps.posting.settle();
    }
    const before = rows.findLast(({ endUs: rowEndUs }) => rowEndUs <= startUs);
    const asked = rows.filter((row) => row === before || row.startUs >= startUs);
    const checked = await checkHours(deps, { entityId, kind, unit }, asked, corrections);
    hours = { hours: checked.hours, differing: checked.differing };
    const days = await deps.views.buckets([entityId], 'day', Math.min(startUs, endUs - habitUs), endUs);
    const usual = (atUs: number) => highestUsualMicro(days, atUs);
    const found = [
      ...checked.findings.map((finding): Detected => ({ finding, handling: 'ask' })),
      ...(await checkRegister(deps.readings, entityId, { kind, unit }, usual, startUs, endUs)),
      ...(await frozenAgainstPower(deps, entity, startUs, endUs)),
    ];
    detected.push(...found.filter(({ finding }) => !isAnswered(finding, corrections)));
  }
  const fiveMinutes = await rowsOf(deps.homeAssistant, entity, startUs, endUs, '5minute');
  const starts = fiveMinutes.map(({ startUs: rowStartUs }) => rowStartUs);
  // A silent entity may still have its value: the last row shows until when Home Assistant saw it.
  const isHeld = (starts.at(-1) ?? 0) > endUs - hourUs;
  const { gaps, frozen } = await checkContinuity(deps, entity, starts, startUs, endUs, isHeld);
  if (frozen !== null && endUs - startUs >= longRangeUs) detected.push({ finding: frozen, handling: 'ask' });
  return { ...hours, detected, gaps, refreshed };
}

/** A correction is declared there, and not by this finding's own ticket. */
export function isAnswered(finding: Finding, corrections: readonly Correction[]): boolean {
  const ticketId = ticketIdOf(finding);
  return corrections.some(
    (one) =>
      one.ticketId !== ticketId &&
      (one.kind === 'exchange'
        ? one.atUs > finding.startUs && one.atUs <= finding.endUs
        : one.startUs <= finding.endUs && correctedInterval(one).endUs > finding.startUs),
  );
}

async function frozenAgainstPower(
  deps: Pick<CheckDeps, 'readings' | 'ledger'>,
  entity: ReconciledEntity,
  startUs: number,
  endUs: number,
): Promise<Detected[]> {
  const { entityId, power } = entity;
  if (power === null) return [];
  const hoursStartUs = Math.ceil(startUs / hourUs) * hourUs;
  const hoursEndUs = Math.floor(endUs / hourUs) * hourUs;
  if (hoursEndUs <= hoursStartUs) return [];
  const measured = await deps.readings.hourly(power.entityId, hoursStartUs, hoursEndUs, 'UTC');
  const means = new Map(
    measured.map((hour) => [
      hour.startUs,
      hour.heldUs === hourUs && hour.mean !== null ? hour.mean * power.sign : null,
    ]),
  );
  const hours: HourOfBoth[] = [];
  for (let atUs = hoursStartUs; atUs < hoursEndUs; atUs += dayUs) {
    const stopUs = Math.min(hoursEndUs, atUs + dayUs);
    const entries = await deps.ledger.current(entityId, atUs, stopUs);
    for (let hour = atUs; hour < stopUs; hour += hourUs) {
      const quarterHours = entries.filter(
        (entry) =>
          entry.kind === 'quantity' &&
          entry.reason !== 'withdrawn' &&
          entry.quarterHourStartUs >= hour &&
          entry.quarterHourStartUs < hour + hourUs,
      );
      const isKnown =
        quarterHours.length === 4 && quarterHours.every(({ coveredUs }) => coveredUs === quarterHourUs);
      const countedMicro = isKnown ? quarterHours.reduce((sum, entry) => sum + entry.amountMicro, 0) : null;
      hours.push({ startUs: hour, countedMicro, meanW: means.get(hour) ?? null });
    }
  }
  return frozenCounterFindings(entityId, power.entityId, hours).map((finding) => ({
    finding,
    handling: 'ask',
  }));
}
