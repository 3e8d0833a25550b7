/** Tickets that tell of one thing: what a gateway or a switch of the fuse box silences, silences many meters. Pure. */
import type { TicketRow } from '../../../src/schemas/tickets.ts';

/** Meters report at their own pace: the first goes silent, and the last comes back, some minutes apart. */
const togetherMs = 15 * 60_000;

function isLike(one: TicketRow, other: TicketRow): boolean {
  return (
    one.kind === other.kind &&
    one.status === other.status &&
    one.choices.join() === other.choices.join() &&
    Math.abs(Date.parse(one.start) - Date.parse(other.start)) <= togetherMs &&
    Math.abs(Date.parse(one.end) - Date.parse(other.end)) <= togetherMs
  );
}

/**
 * Gaps of several meters at the same time, of which the same can be said, as one; all else by itself.
 * @returns none empty; groups where their first ticket stands, tickets in the order given
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

/** From when the first was silent until the last was back. */
export function spanOfGroup(group: readonly TicketRow[]): { startMs: number; endMs: number } {
  return {
    startMs: Math.min(...group.map(({ start }) => Date.parse(start))),
    endMs: Math.max(...group.map(({ end }) => Date.parse(end))),
  };
}
