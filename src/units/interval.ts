/**
 * Intervals of time, half-open: [startUs, endUs), in microseconds since 1970. The end belongs to what follows, so that
 * neighbours share no instant and durations add up. Every interval of the program is one of these, or extends it.
 */
export interface Interval {
  readonly startUs: number;
  readonly endUs: number;
}

/** A single instant as the interval that holds nothing else: one microsecond. */
export function intervalAt(atUs: number): Interval {
  return { startUs: atUs, endUs: atUs + 1 };
}

/** Whether it holds no instant. */
export function isEmpty({ startUs, endUs }: Interval): boolean {
  return !(startUs < endUs);
}

/** Microseconds; 0 when it is empty. */
export function durationUs(interval: Interval): number {
  return isEmpty(interval) ? 0 : interval.endUs - interval.startUs;
}

/** Whether it holds the instant: the start belongs to it, the end does not. */
export function contains({ startUs, endUs }: Interval, atUs: number): boolean {
  return startUs <= atUs && atUs < endUs;
}

/** What both hold; empty when they share no instant. */
export function intersect(one: Interval, other: Interval): Interval {
  const startUs = Math.max(one.startUs, other.startUs);
  return { startUs, endUs: Math.max(startUs, Math.min(one.endUs, other.endUs)) };
}

/** Whether they share an instant. */
export function overlaps(one: Interval, other: Interval): boolean {
  return !isEmpty(intersect(one, other));
}

/** From the earlier start to the later end, with what lies between them. */
export function hull(one: Interval | undefined, other: Interval): Interval {
  if (one === undefined) return other;
  return { startUs: Math.min(one.startUs, other.startUs), endUs: Math.max(one.endUs, other.endUs) };
}

/** Ascending and apart: what overlaps or touches is one. @param list in any order, none of them empty */
export function union(list: readonly Interval[]): Interval[] {
  return unionWith<Interval>(list, hull);
}

/**
 * The union of intervals that hold more than their ends.
 * @param list in any order, none of them empty
 * @param join makes one of two that overlap or touch, the earlier first
 */
export function unionWith<T extends Interval>(list: readonly T[], join: (one: T, other: T) => T): T[] {
  const joined: T[] = [];
  for (const next of [...list].sort((a, b) => a.startUs - b.startUs)) {
    const last = joined.at(-1);
    if (last === undefined || next.startUs > last.endUs) joined.push(next);
    else joined[joined.length - 1] = join(last, next);
  }
  return joined;
}

/**
 * What is left of an interval outside others, ascending.
 * @param others ascending and apart, as `union` gives them; only those near it are looked at
 */
export function subtract({ startUs, endUs }: Interval, others: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let atUs = startUs;
  for (let index = firstEndingAfter(others, startUs); index < others.length; index += 1) {
    const other = others[index];
    if (other === undefined || other.startUs >= endUs) break;
    if (other.startUs > atUs) left.push({ startUs: atUs, endUs: other.startUs });
    atUs = other.endUs;
  }
  if (atUs < endUs) left.push({ startUs: atUs, endUs });
  return left;
}

/** Its parts between the boundaries that lie within it. @param boundariesUs ascending */
export function splitAt({ startUs, endUs }: Interval, boundariesUs: readonly number[]): Interval[] {
  const edges = [startUs, ...boundariesUs.filter((us) => us > startUs && us < endUs), endUs];
  return edges.slice(1).map((edgeUs, index) => ({ startUs: edges[index] ?? startUs, endUs: edgeUs }));
}

function firstEndingAfter(list: readonly Interval[], atUs: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.endUs ?? 0) <= atUs) low = middle + 1;
    else high = middle;
  }
  return low;
}
