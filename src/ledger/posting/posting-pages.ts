import { quarterHourUs } from '../../units/durations.ts';
import type { Interval } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import { type CounterState, reachesBackUs } from '../counter/counter-state.ts';
import type { Entry } from '../entries/entry.ts';
import type { Meter } from '../entries/meter.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence } from '../evidence.ts';
import { OnTime, switchSpans } from '../power/switch-state.ts';
import { type CounterPosting, postCounter } from './counter-posting.ts';

export interface PageRules {
  /** Registers further apart measure no single quarter-hour: a peak is never taken from them. */
  readonly quarterHourGapUs: number;
  /** Registers further apart show how much was counted, not when. */
  readonly registerGapUs: number;
  /** Differences up to this count as measured however long they took (millionths: 10 Wh, 10 litres). */
  readonly certainMicro: number;
  /** Pieces of evidence held in memory at once. */
  readonly pageSize: number;
}

/** A counter's evidence from `startUs` on, posted to quarter-hours that start in [startUs, endUs). */
interface PostedPage extends Interval {
  /** The evidence that was read last. The first page has all of its evidence here. */
  readonly items: readonly CounterEvidence[];
  /** The last evidence on the page; it may lie past `endUs`, in a quarter-hour that continues on the next page. */
  readonly lastUs: number;
  readonly isLast: boolean;
  readonly posting: CounterPosting;
}

/**
 * Posts a counter page by page, so that memory stays bounded however long its past is. Ends after the last evidence.
 * @param state the counter's state before the evidence at `beginUs`
 * @param heldUntilUs until when the last register is known to be the same; null when nothing is known after it
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
      // A silence longer than a page: its amount is known when the register moves, and lies in these quarter-hours as
      // well.
      // The last piece is read again, so that a page follows even where it is the last evidence.
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
 * Where the next page begins: the quarter-hour of the last register (or of a fall), because the next difference counts
 * from there. Later evidence (an absence, a repeat, an exclusion) belongs to the next page.
 */
function endOfPage(state: CounterState | null, lastUs: number): number {
  return quarterHourStartUs(state === null ? lastUs : reachesBackUs(state));
}

/** Adds the on-time from the switch of the device, because a register shows how much and not for how long. */
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
