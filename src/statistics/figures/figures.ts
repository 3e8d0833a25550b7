/**
 * The registry of statistics. Rows, columns, comparisons and the OpenAPI document are made of this one array: a new figure
 * is a file beside this one and a line in the array.
 */
import { z } from 'zod';
import { cost, max, mean, min, state, sum } from './basic.ts';
import { loadFactor } from './load-factor.ts';
import type { Facts, Statistic } from './statistic.ts';

const statistics = [state, sum, mean, min, max, cost, loadFactor] as const satisfies readonly Statistic[];

type Entry = (typeof statistics)[number];
type ReasonOf<E extends Entry> = E extends { reason: object } ? `${E['key']}_reason` : never;
type ComparedEntry = Extract<Entry, { isCompared: true }>;

/** A value for each figure of a list, and for the reason of those that have one. */
function fields<E extends Entry, F, R>(
  list: readonly E[],
  ofFigure: (statistic: Statistic) => F,
  ofReason: (reason: NonNullable<Statistic['reason']>) => R,
) {
  const entries = list.flatMap((statistic: Statistic) => [
    [statistic.key, ofFigure(statistic)] as const,
    ...(statistic.reason === undefined
      ? []
      : [[`${statistic.key}_reason`, ofReason(statistic.reason)] as const]),
  ]);
  // The keys are those of the list: a type that the compiler can't follow through entries.
  return Object.fromEntries(entries) as Record<E['key'], F> & Record<ReasonOf<E>, R>;
}

const compared = statistics.filter((statistic): statistic is ComparedEntry => statistic.isCompared);

const described = ({ schema, unit }: Statistic) => schema.describe(`${schema.description}. In ${unit}`);

/** Schemas of a row's fields. */
export const figureFields = fields(statistics, described, (reason) => reason.schema);

const columnOf = () => z.array(z.number().nullable());
const reasonColumnOf = ({ schema }: { readonly schema: z.ZodType<string | null> }) => z.array(schema);
/** Schemas of a chart's columns, and of those of a comparison. */
export const figureColumns = fields(statistics, columnOf, reasonColumnOf);
export const comparedColumns = fields(compared, columnOf, reasonColumnOf);

/** The figures of one bucket. */
export function figuresOf(facts: Facts) {
  return fields(
    statistics,
    (statistic) => statistic.compute(facts),
    (reason) => reason.of(facts),
  );
}

/** The figures of buckets as columns. */
export function figureColumnsOf(facts: readonly Facts[]) {
  return columnsOf(statistics, facts);
}

/** The same of the figures that a comparison shows. */
export function comparedColumnsOf(facts: readonly Facts[]) {
  return columnsOf(compared, facts);
}

function columnsOf<E extends Entry>(list: readonly E[], facts: readonly Facts[]) {
  return fields(
    list,
    (statistic) => facts.map((one) => statistic.compute(one)),
    (reason) => facts.map((one) => reason.of(one)),
  );
}
