import { z } from 'zod';

/** What is known about one entity in one bucket of the home's clock: all that a statistic is computed from. */
export interface Facts {
  /** It has a ledger; without one it is a value such as power or a level. */
  readonly isMeter: boolean;
  /** The register or value at the bucket's end, in the entity's unit. */
  readonly state: number | null;
  /** What was counted, kWh or m³; null for a value. */
  readonly sum: number | null;
  /** Mean over the known time: W of energy, m³/h of volume, else the entity's unit. */
  readonly mean: number | null;
  /** Mean of the lowest and the highest quarter-hour that was measured whole, in the unit of `mean`; else of the value. */
  readonly min: number | null;
  readonly max: number | null;
  /** In the home's currency. */
  readonly cost: number | null;
}

/** A figure of `/api/statistics`: a field of a row, a column of a chart and, if compared, of a comparison. */
export interface Statistic {
  /** The field's name on the wire. */
  readonly key: string;
  /** Shown in the OpenAPI document. */
  readonly unit: string;
  /** Describes the figure and says when it is null. */
  readonly schema: z.ZodNullable<z.ZodNumber>;
  readonly isCompared: boolean;
  compute(facts: Facts): number | null;
  /** Says in a field of its own, `<key>_reason`, why the figure is null. `of` returns null where it is not. */
  readonly reason?: {
    readonly schema: z.ZodType<string | null>;
    of(facts: Facts): string | null;
  };
}

/** The schema of a figure: a number or null, with the text that describes it. */
export function figure(description: string) {
  return z.number().nullable().describe(description);
}
