import type { Interval } from '../../units/interval.ts';
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
interface PostedPage extends Interval {
  /** What was read last: of the first page all. */
  readonly items: readonly CounterEvidence[];
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
  let begun: CounterPosting | null = null;
  let readUs = beginUs;
  for (let startUs = beginUs; ; ) {
    const { items, isLast } = await evidence.registers(entityId, readUs, rules.pageSize);
    const lastUs = items.at(-1)?.atUs;
    if (lastUs === undefined) return;
    const heldUs = isLast ? heldUntilUs : null;
    const { MAX_SAFE_INTEGER: everUs } = Number;
    const whole = postCounter(counterRules, opening, items, startUs, everUs, heldUs, begun);
    const endUs = isLast ? everUs : endOfPage(whole.state, lastUs);
    if (endUs <= startUs) {
      // A silence longer than a page: what it comes to is known when the register speaks, and lies in these quarters as well.
      // The last piece is read again, so that a page follows; it may be the last there is.
      if (items.length < 2) throw new Error(`a page of ${entityId} has one piece of evidence`);
      begun = postCounter(counterRules, opening, items.slice(0, -1), startUs, everUs, null, begun);
      [opening, readUs] = [begun.state, lastUs];
      continue;
    }
    const own = whole.entries.filter((entry) => entry.quarterHourStartUs < endUs);
    const entries = await withOnTime(evidence, rules, meter, own, Math.max(nowUs, lastUs));
    const posting = { ...whole, entries };
    yield { items, startUs, endUs, lastUs, isLast, posting };
    if (isLast) return;
    [begun, opening] = [null, posting.openings.get(endUs) ?? null];
    startUs = endUs;
    readUs = endUs;
  }
}

/**
 * Where the next page begins: the quarter of the last register (or of a fall), for what comes next counts from there; what was
 * reported since, an absence, a repeat or what is corrected away, goes over to the next page.
 */
function endOfPage(state: CounterState | null, lastUs: number): number {
  return quarterHourStartUs(state === null ? lastUs : reachesBackUs(state));
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
    for (const span of switchSpans(readings, startUs, reachedUs, nowUs)) onTime.add(span, span.reading.isOn);
    startUs = reachedUs;
  }
  return entries.map((entry) =>
    entry.kind === 'quantity' ? { ...entry, onTimeUs: onTime.of(entry.quarterHourStartUs) } : entry,
  );
}
