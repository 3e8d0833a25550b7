import { quarterHourStartUs, quarterHourUs } from '../../units/quarter-hour.ts';
import { type CounterState, reachesBackUs } from '../counter/counter-state.ts';
import type { Entry } from '../entries/entry.ts';
import type { Meter } from '../entries/meter.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence } from '../evidence.ts';
import { OnTime, switchSpans } from '../power/switch-state.ts';
import { type CounterPosting, postCounter } from './counter-posting.ts';

export interface PageRules {
  /** Registers further apart tell no single quarter: a peak is never taken from them. */
  readonly quarterHourGapUs: number;
  /** Registers further apart tell how much, not when. */
  readonly registerGapUs: number;
  /** Differences up to this are measured however long they took (millionths: 10 Wh, 10 litres). */
  readonly certainMicro: number;
  /** Pieces of evidence held in memory at once. */
  readonly pageSize: number;
}

/** A counter's evidence from `startUs` on, posted to quarters that start in [startUs, endUs). */
export interface PostedPage {
  readonly items: readonly CounterEvidence[];
  readonly startUs: number;
  readonly endUs: number;
  /** The last evidence on the page; it may lie past `endUs`, in a quarter that goes on on the next page. */
  readonly lastUs: number;
  readonly isLast: boolean;
  readonly posting: CounterPosting;
}

/**
 * Posts a counter page by page, so that memory stays bounded however long its past is. Ends after the last evidence.
 * @param state the counter's state before the evidence at `beginUs`
 * @param heldUntilUs how long the last register is known to stand; null when nothing is known after it
 * @param nowUs how long the last state of the device's switch holds
 */
export async function* postPages(
  evidence: EvidenceSource,
  rules: PageRules,
  meter: Meter & { posts: 'register' },
  beginUs: number,
  state: CounterState | null,
  heldUntilUs: number | null,
  nowUs: number,
): AsyncGenerator<PostedPage> {
  const { entityId, kind } = meter;
  const { registerGapUs: maxGapUs, quarterHourGapUs, certainMicro } = rules;
  const counterRules = { kind, maxGapUs, quarterHourGapUs, certainMicro };
  let opening = state;
  for (let startUs = beginUs; ; ) {
    const { items, isLast } = await evidence.registers(entityId, startUs, rules.pageSize);
    const lastUs = items.at(-1)?.atUs;
    if (lastUs === undefined) return;
    const heldUs = isLast ? heldUntilUs : null;
    const whole = postCounter(counterRules, opening, items, startUs, Number.MAX_SAFE_INTEGER, heldUs);
    const endUs = isLast ? Number.MAX_SAFE_INTEGER : endOfPage(whole.state, lastUs, startUs);
    if (endUs <= startUs)
      throw new Error(`more than ${rules.pageSize} readings of ${entityId} in a quarter-hour`);
    const own = whole.entries.filter((entry) => entry.quarterHourStartUs < endUs);
    const entries = await withOnTime(evidence, rules, meter, own, Math.max(nowUs, lastUs));
    const posting = { ...whole, entries };
    yield { items, startUs, endUs, lastUs, isLast, posting };
    if (isLast) return;
    opening = posting.openings.get(endUs) ?? null;
    startUs = endUs;
  }
}

/**
 * Where the next page begins: the quarter of the last register (or of a fall), for what comes next counts from there; what was told
 * since, an absence or what is corrected away, goes over to the next page. A page of nothing else is passed over.
 */
function endOfPage(state: CounterState | null, lastUs: number, startUs: number): number {
  const endUs = quarterHourStartUs(Math.min(lastUs, state === null ? lastUs : reachesBackUs(state)));
  return endUs > startUs ? endUs : quarterHourStartUs(lastUs);
}

/** A register says how much and not for how long: the switch of its device does. */
async function withOnTime(
  evidence: EvidenceSource,
  rules: PageRules,
  { switchId }: Meter,
  entries: readonly Entry[],
  nowUs: number,
): Promise<readonly Entry[]> {
  const first = entries[0];
  const last = entries.at(-1);
  if (switchId === undefined || first === undefined || last === undefined) return entries;
  const endUs = last.quarterHourStartUs + quarterHourUs;
  const onTime = new OnTime();
  for (let startUs = first.quarterHourStartUs; startUs < endUs; ) {
    const readings = await evidence.switches(switchId, startUs, endUs, rules.pageSize);
    const isCut = readings.length >= rules.pageSize;
    const reachedUs = isCut ? (readings.at(-1)?.atUs ?? endUs) : endUs;
    for (const { startUs, endUs, reading } of switchSpans(readings, startUs, reachedUs, nowUs))
      onTime.add(startUs, endUs, reading.isOn);
    startUs = reachedUs;
  }
  return entries.map((entry) =>
    entry.kind === 'quantity' ? { ...entry, onTimeUs: onTime.of(entry.quarterHourStartUs) } : entry,
  );
}
