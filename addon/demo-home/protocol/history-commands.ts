/** history/history_during_period and history/stream. */

import { instantFromIso } from '../../../src/units/instant.ts';
import type { Interval } from '../../../src/units/interval.ts';
import type { History, Recorded } from '../recorder/history.ts';
import { secondsOf } from './messages.ts';

/** Domains whose attribute changes count as significant, and are sent with attributes even when not asked for. */
const significantDomains = new Set(['climate', 'device_tracker', 'humidifier', 'thermostat', 'water_heater']);
const attributeDomains = new Set(['climate', 'humidifier', 'input_datetime', 'thermostat', 'water_heater']);

interface HistoryQuestion extends Interval {
  readonly entityIds: readonly string[];
  readonly includeStartTimeState: boolean;
  readonly significantChangesOnly: boolean;
  readonly minimalResponse: boolean;
  readonly noAttributes: boolean;
}

interface CompressedState {
  s: string;
  a?: Readonly<Record<string, unknown>>;
  lu: number;
  lc?: number;
}

/** By entity id, in the order asked; entities without a state are absent. */
export async function historyOf(
  history: History,
  question: HistoryQuestion,
): Promise<Record<string, CompressedState[]>> {
  const result: Record<string, CompressedState[]> = {};
  for (const entityId of new Set(question.entityIds)) {
    const rows = rowsOf(history, question, entityId);
    if (rows.length > 0) result[entityId] = rows;
    // Ten days of many entities take seconds: pings are answered in between.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return result;
}

function rowsOf(history: History, question: HistoryQuestion, entityId: string): CompressedState[] {
  const domain = entityId.slice(0, entityId.indexOf('.'));
  // Core asks for last_updated > start; the state at the start itself comes as the start state.
  let states: readonly Recorded[] = history.recorded(entityId, question.startUs + 1, question.endUs);
  if (question.significantChangesOnly && !significantDomains.has(domain))
    states = states.filter(({ lastChangedUs, lastUpdatedUs }) => lastChangedUs === lastUpdatedUs);
  const atStart = question.includeStartTimeState ? history.inForceAt(entityId, question.startUs) : null;
  const all =
    atStart === null
      ? states
      : [{ ...atStart, lastUpdatedUs: question.startUs, lastChangedUs: question.startUs }, ...states];
  const withChanged = !question.significantChangesOnly;
  const isMinimal = question.minimalResponse && !attributeDomains.has(domain);
  if (!isMinimal)
    return all.map((row) => compressed(row, question.noAttributes ? {} : row.attributes, withChanged));
  const rows: CompressedState[] = [];
  let before: string | null = null;
  for (const row of all) {
    if (before === null)
      rows.push(compressed(row, question.noAttributes ? null : row.attributes, withChanged));
    else if (row.state !== before) rows.push({ s: row.state, lu: secondsOf(row.lastUpdatedUs) });
    before = row.state;
  }
  return rows;
}

function compressed(
  row: Recorded,
  attributes: Recorded['attributes'] | null,
  withChanged: boolean,
): CompressedState {
  return {
    s: row.state,
    ...(attributes === null ? {} : { a: attributes }),
    lu: secondsOf(row.lastUpdatedUs),
    ...(withChanged && row.lastChangedUs !== row.lastUpdatedUs ? { lc: secondsOf(row.lastChangedUs) } : {}),
  };
}

/** A time as clients send it; without a zone it is the home's local time. Null: not a time. */
export function instantOf(text: string, timeZone: string): number | null {
  const instant = instantFromIso(text);
  if (instant !== null) return instant;
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'));
    return Number(local.toZonedDateTime(timeZone).epochNanoseconds / 1000n);
  } catch {
    // Not ISO 8601: the caller answers with an error.
    return null;
  }
}
