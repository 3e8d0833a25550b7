/** A stretch of time with new evidence, both ends inclusive. */
export interface Span {
  readonly startUs: number;
  readonly endUs: number;
}

export function joinSpans(one: Span | undefined, other: Span): Span {
  if (one === undefined) return other;
  return { startUs: Math.min(one.startUs, other.startUs), endUs: Math.max(one.endUs, other.endUs) };
}
