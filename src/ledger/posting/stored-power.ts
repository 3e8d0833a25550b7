import { quarterHourUs } from '../../units/durations.ts';
import type { Entry } from '../entries/entry.ts';
import type { Meter } from '../entries/meter.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import { postPower } from '../power/power-posting.ts';
import type { PageRules } from './posting-pages.ts';

export interface PowerPageRules extends Pick<PageRules, 'pageSize'> {
  /** A power value is carried this long. */
  readonly powerGapUs: number;
  readonly onAboveMw: number;
}

/**
 * Posts the stored readings of a power sensor, and of its device's switch, to the quarter-hours that start in
 * [startUs, stopUs). More than ten pages are posted in parts. Rejects when a single quarter-hour exceeds that.
 * @param nowUs how far the last values may be carried
 */
export async function readPower(
  evidence: EvidenceSource,
  rules: PowerPageRules,
  meter: Meter,
  startUs: number,
  stopUs: number,
  nowUs: number,
): Promise<Entry[]> {
  const { entityId, switchId } = meter;
  const lastUs = stopUs + rules.powerGapUs;
  const limit = rules.pageSize * 10;
  const ids = switchId === undefined ? [entityId] : [entityId, switchId];
  const [powers, switches, amounts, ...nearby] = await Promise.all([
    evidence.powers(entityId, startUs - rules.powerGapUs, lastUs, limit),
    switchId === undefined ? [] : evidence.switches(switchId, startUs, lastUs, limit),
    evidence.amounts(entityId),
    ...ids.map((id) => evidence.around(id, stopUs, stopUs)),
  ]);
  if (powers.length >= limit || switches.length >= limit) {
    if (stopUs - startUs <= quarterHourUs)
      throw new Error(`more than ${limit} values of ${entityId} around a quarter-hour`);
    const middleUs = startUs + Math.ceil((stopUs - startUs) / quarterHourUs / 2) * quarterHourUs;
    const earlier = await readPower(evidence, rules, meter, startUs, middleUs, nowUs);
    return [...earlier, ...(await readPower(evidence, rules, meter, middleUs, stopUs, nowUs))];
  }
  const newestUs = Math.max(...nearby.map(({ beforeUs, afterUs }) => afterUs ?? beforeUs ?? startUs));
  return postPower(
    { maxGapUs: rules.powerGapUs, onAboveMw: rules.onAboveMw },
    { powers, switches, amounts },
    startUs,
    stopUs,
    nowUs,
    newestUs,
  );
}
