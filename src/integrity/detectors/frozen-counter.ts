/** A counter that stands still while its own power sensor reports that energy flows. */
import { hourUs } from '../../units/durations.ts';
import type { Finding } from '../ticket.ts';

/** An hour of a counter and of its power sensor. */
export interface HourOfBoth {
  readonly startUs: number;
  /** Null when the hour is not known, or not measured completely. */
  readonly countedMicro: number | null;
  /** The power sensor's mean in the counter's direction; null when it is not known for the whole hour. */
  readonly meanW: number | null;
}

/** Below this a sensor may report what no counter counts: standby, noise. */
const flowsW = 50;
/** So many hours in a row. */
const frozenHours = 3;
/** At least so much must have flowed: a coarse register shows nothing below its last digit. */
const flowedWh = 1000;

/** @param hours ascending, without gaps */
export function frozenCounterFindings(
  entityId: string,
  powerEntityId: string,
  hours: readonly HourOfBoth[],
): Finding[] {
  const findings: Finding[] = [];
  let run: HourOfBoth[] = [];
  const close = () => {
    const first = run[0];
    const flowed = run.reduce((sum, hour) => sum + (hour.meanW ?? 0), 0);
    if (first !== undefined && run.length >= frozenHours && flowed >= flowedWh) {
      const stillUs = run.length * hourUs;
      findings.push({
        kind: 'frozen',
        entityId,
        startUs: first.startUs,
        endUs: first.startUs + stillUs,
        statement: {
          code: 'counter_frozen',
          values: { stillUs, powerEntityId, meanW: Math.round(flowed / run.length) },
        },
        evidence: [
          { name: 'still_seconds', value: stillUs / 1_000_000, unit: 's' },
          { name: 'counted', value: 0, unit: 'kWh' },
          { name: 'theirs', value: Number((flowed / 1000).toFixed(3)), unit: 'kWh' },
        ],
        relatedEntityId: powerEntityId,
        choices: ['accept', 'set_value'],
      });
    }
    run = [];
  };
  for (const hour of hours) {
    const isStill = hour.countedMicro === 0 && hour.meanW !== null && hour.meanW >= flowsW;
    if (isStill && hour.startUs === (run.at(-1)?.startUs ?? hour.startUs - hourUs) + hourUs) run.push(hour);
    else {
      close();
      if (isStill) run.push(hour);
    }
  }
  close();
  return findings;
}
