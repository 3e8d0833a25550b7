import type { CounterKind } from '../../ledger/counter/counter-state.ts';
import type { LedgerStore } from '../../ledger/entries/ledger-store.ts';
import { type Correction, correctedInterval } from '../../ledger/evidence/correction.ts';
import type { RecordedStatistics } from '../../ledger/evidence/statistics-evidence.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import { dayUs, hourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import {
  boundaryStep,
  boundaryUs,
  compareStretch,
  countedAsCore,
  type DifferingStretch,
  hoursFindings,
  isWithinTolerance,
  type Stretch,
  stretchesOf,
} from '../detectors/hours-differ.ts';
import type { AmountUnit } from '../statement.ts';
import type { Finding } from '../ticket.ts';
import { registerPath } from './reading-check.ts';

interface HourCheckDeps {
  readonly readings: Pick<ReadingStore, 'range' | 'before'>;
  readonly ledger: Pick<LedgerStore, 'current'>;
}

interface CheckedHours {
  readonly hours: number;
  readonly differing: number;
  readonly findings: readonly Finding[];
}

/**
 * Compares a meter's hours with Home Assistant's rows, day by day.
 * @param rows ascending; the first one only gives the total from which the second counts
 */
export async function checkHours(
  deps: HourCheckDeps,
  meter: { readonly entityId: string; readonly kind: CounterKind; readonly unit: AmountUnit },
  rows: readonly RecordedStatistics[],
  corrections: readonly Correction[],
): Promise<CheckedHours> {
  const { entityId, kind, unit } = meter;
  const differing: DifferingStretch[] = [];
  const stretches = stretchesOf(rows);
  let hours = 0;
  for (let at = 0; at < stretches.length; ) {
    const dayStartUs = stretches[at]?.startUs ?? 0;
    const some = stretches.slice(at).filter(({ startUs }) => startUs < dayStartUs + dayUs);
    at += some.length;
    const dayEndUs = some.at(-1)?.endUs ?? dayStartUs;
    const entries = await deps.ledger.current(entityId, dayStartUs, dayEndUs);
    for (const stretch of some) {
      hours += (stretch.endUs - stretch.startUs) / hourUs;
      const compared = compareStretch(stretch, entries);
      if (compared.kind !== 'differs' || corrections.some((one) => isCorrected(stretch, one))) continue;
      const { oursMicro, theirsMicro } = compared;
      if (await isSameByCore(deps.readings, entityId, kind, stretch, oursMicro)) continue;
      differing.push({ startUs: stretch.startUs, endUs: stretch.endUs, oursMicro, theirsMicro });
    }
  }
  const differingHours = differing.reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / hourUs, 0);
  return { hours, differing: differingHours, findings: hoursFindings(entityId, unit, differing) };
}

/** Whether the readings are the same, and only the rules differ by which Home Assistant counts an hour. */
async function isSameByCore(
  readings: HourCheckDeps['readings'],
  entityId: string,
  kind: CounterKind,
  stretch: Stretch,
  oursMicro: number,
): Promise<boolean> {
  const { startUs, endUs, theirsMicro, registerMicro } = stretch;
  const path = await registerPath(readings, entityId, kind, startUs, endUs);
  const theirs = [theirsMicro, registerMicro].filter((micro) => micro !== null);
  const isCovered = (path[0]?.atUs ?? endUs) < startUs;
  // Home Assistant may have counted before our first reading in the stretch.
  if (isCovered && theirs.some((micro) => isWithinTolerance(countedAsCore(kind, path), micro))) return true;
  const next = await registerPath(readings, entityId, kind, endUs, endUs + boundaryUs);
  const around = [...path, ...next.filter(({ atUs }) => atUs >= endUs).slice(0, 1)];
  const allowedMicro = boundaryStep(around, startUs) + boundaryStep(around, endUs);
  return theirs.some((micro) => isWithinTolerance(oursMicro, micro, allowedMicro));
}

/**
 * Home Assistant does not know our corrections; and what it subtracts after a spike lies in the hour after.
 */
export function isCorrected({ startUs, endUs }: Interval, one: Correction): boolean {
  const corrected = correctedInterval(one);
  return corrected.startUs < endUs && corrected.endUs + hourUs > startUs;
}
