/**
 * Compares a period with another, bucket by bucket: of a running period only the buckets that are over count, and only
 * those that both periods know. Pure.
 */
import type { BalanceAnswer } from '../../../src/schemas/balance.ts';
import { isIncomplete } from '../../chart/data-quality.ts';
import { parseSpan } from '../../period/period.ts';

export type BalanceRow = BalanceAnswer['rows'][number];
export type AmountKey = {
  [Key in keyof BalanceRow]: BalanceRow[Key] extends number | null ? Key : never;
}[keyof BalanceRow];

export interface Change {
  /** 0.1 is 10 % more, -0.1 is 10 % less. */
  readonly share: number;
  /** `whole`: the totals; `running`: the buckets that are over; `known`: only the buckets that both periods know. */
  readonly basis: 'whole' | 'running' | 'known';
  /** End of the compared part of the shown period, epoch milliseconds; for `running`. */
  readonly endMs: number;
}

/** For each row of the shown period the row of the other one that the API aligned with it. */
export function pairedRows({ comparison, rows }: BalanceAnswer): (BalanceRow | null)[] {
  const others = new Map<number, BalanceRow>();
  for (const other of comparison?.rows ?? []) {
    const at = Date.parse(other.aligned_start);
    // Two rows can align with one: the 30th and 31st with a shorter month, two hours when clocks change. The first counts.
    if (!others.has(at)) others.set(at, other);
  }
  return rows.map((row) => others.get(Date.parse(row.start)) ?? null);
}

const fairCoverage = 0.9;

function isFair(row: BalanceRow | null, key: AmountKey, nowMs: number): row is BalanceRow {
  if (row === null || row[key] === null) return false;
  return row.coverage >= fairCoverage || !isIncomplete(row, parseSpan(row), nowMs);
}

/** A comparison needs at least this share of the buckets that are over. */
const enoughShare = 0.5;

/** Null without a comparison, or when too little of it is known. */
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
    endMs: Math.max(...(isWhole ? [endMs] : fair.map(({ row }) => Date.parse(row.end)))),
  };
}
