/**
 * A period held against another, like with like: of a period that runs only what is over counts, and of both only what
 * is known. Pure.
 */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { isIncomplete, spanIn } from '../../chart/grounds.ts';

export type BalanceRow = BalanceAnswer['rows'][number];
export type AmountKey = {
  [Key in keyof BalanceRow]: BalanceRow[Key] extends number | null ? Key : never;
}[keyof BalanceRow];

export interface Change {
  /** 0.1 is a tenth more, -0.1 a tenth less. */
  readonly share: number;
  /** `whole`: total against total; `running`: what is over of it; `known`: only the buckets that both know. */
  readonly basis: 'whole' | 'running' | 'known';
  /** Up to when of the shown period, epoch milliseconds; for `running`. */
  readonly untilMs: number;
}

/** Rows of the other period beside those of the shown one, hour with hour and day with day, as the API aligned them. */
export function pairedRows({ comparison, rows }: BalanceAnswer): (BalanceRow | null)[] {
  const others = new Map<number, BalanceRow>();
  for (const other of comparison?.rows ?? []) {
    const at = Date.parse(other.aligned_start);
    // The 31st falls on the 30th of a shorter month, and when clocks change an hour falls on another: the first counts.
    if (!others.has(at)) others.set(at, other);
  }
  return rows.map((row) => others.get(Date.parse(row.start)) ?? null);
}

const fairCoverage = 0.9;

function isFair(row: BalanceRow | null, key: AmountKey, nowMs: number): row is BalanceRow {
  if (row === null || row[key] === null) return false;
  return row.coverage >= fairCoverage || !isIncomplete(row, spanIn(row), nowMs);
}

/** Fewer buckets than this part of those that are over say too little. */
const enoughShare = 0.5;

/** Null when there is nothing to compare with, or too little of it. */
export function changeOf(answer: BalanceAnswer, key: AmountKey, nowMs: number): Change | null {
  const { comparison } = answer;
  if (comparison === null) return null;
  const endMs = Date.parse(answer.time_range.end);
  const others = pairedRows(answer);
  const over = answer.rows
    .map((row, index) => ({ row, other: others[index] ?? null }))
    .filter(({ row }) => Date.parse(row.end) <= nowMs);
  const fair = over.filter(({ row, other }) => isFair(row, key, nowMs) && isFair(other, key, nowMs));
  const isWhole =
    endMs <= nowMs &&
    answer.rows.every((row) => isFair(row, key, nowMs)) &&
    comparison.rows.every((row) => isFair(row, key, nowMs));
  const sum = (list: readonly (BalanceRow | null)[]) =>
    list.reduce((total, row) => total + (row?.[key] ?? 0), 0);
  const before = isWhole ? comparison.total[key] : sum(fair.map(({ other }) => other));
  const after = isWhole ? answer.total[key] : sum(fair.map(({ row }) => row));
  if (before === null || after === null || before <= 0) return null;
  if (!isWhole && (fair.length === 0 || fair.length < over.length * enoughShare)) return null;
  return {
    share: after / before - 1,
    basis: isWhole ? 'whole' : endMs > nowMs && fair.length === over.length ? 'running' : 'known',
    untilMs: Math.max(...(isWhole ? [endMs] : fair.map(({ row }) => Date.parse(row.end)))),
  };
}
