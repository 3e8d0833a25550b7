/** A stretch of time with new evidence, both ends inclusive. */
export interface Span {
  readonly fromUs: number;
  readonly untilUs: number;
}

export function joinSpans(one: Span | undefined, other: Span): Span {
  if (one === undefined) return other;
  return { fromUs: Math.min(one.fromUs, other.fromUs), untilUs: Math.max(one.untilUs, other.untilUs) };
}
