/** Groups tickets of one cause: a gateway or a fuse that fails silences many meters at once. Pure. */
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { minuteMs } from '../../../src/units/durations.ts';
import { parseSpan, type Span } from '../../period/period.ts';

/** Meters report at different intervals, so their gaps begin and end some minutes apart. */
const togetherMs = 15 * minuteMs;

function isLike(one: TicketRow, other: TicketRow): boolean {
  const [a, b] = [parseSpan(one), parseSpan(other)];
  return (
    one.kind === other.kind &&
    one.status === other.status &&
    one.choices.join() === other.choices.join() &&
    Math.abs(a.startMs - b.startMs) <= togetherMs &&
    Math.abs(a.endMs - b.endMs) <= togetherMs
  );
}

/**
 * Groups gaps of several meters at the same time that have the same status and choices. Other tickets are alone.
 * @returns groups in the order of their first tickets, tickets in the order given; none empty
 */
export function groupTickets(rows: readonly TicketRow[]): [TicketRow, ...TicketRow[]][] {
  const groups: [TicketRow, ...TicketRow[]][] = [];
  for (const row of rows) {
    const isGap = row.kind === 'gap' && row.entity_id !== null;
    const group = isGap
      ? groups.find(([first]) => first.entity_id !== null && isLike(first, row))
      : undefined;
    if (group === undefined) groups.push([row]);
    else group.push(row);
  }
  return groups;
}

/** From the first start to the last end. */
export function spanOfGroup(group: readonly TicketRow[]): Span {
  const spans = group.map(parseSpan);
  return {
    startMs: Math.min(...spans.map(({ startMs }) => startMs)),
    endMs: Math.max(...spans.map(({ endMs }) => endMs)),
  };
}
