/**
 * What a kilowatt-hour costs from an instant on, for the whole home or for one area. Prices are integers, millionths of
 * the home's currency; full tariffs come later and will stand behind the same two functions.
 */
export interface CostVersion {
  readonly costVersionId: string;
  readonly pricePerKwhMicro: number;
  readonly effectiveFromUs: number;
  /** Null for the whole home. */
  readonly area: string | null;
  readonly notes: string;
  readonly createdAtUs: number;
}

const none: readonly number[] = [];

/** Holds the versions in an order in which prices are found quickly. */
export class PriceList {
  readonly #byArea = new Map<string | null, CostVersion[]>();

  constructor(versions: readonly CostVersion[]) {
    for (const version of [...versions].sort((a, b) => a.effectiveFromUs - b.effectiveFromUs)) {
      const list = this.#byArea.get(version.area) ?? [];
      list.push(version);
      this.#byArea.set(version.area, list);
    }
  }

  /** The version in force: the area's own before the home's; null when no price is known, which is not a price of 0. */
  inForce(area: string | null, atUs: number): CostVersion | null {
    return (area === null ? null : this.#newest(area, atUs)) ?? this.#newest(null, atUs);
  }

  /** The instants in (startUs, endUs) at which a price of this area or the home changes, ascending. */
  changesWithin(area: string | null, startUs: number, endUs: number): readonly number[] {
    const own = area === null ? [] : (this.#byArea.get(area) ?? []);
    const all = this.#byArea.get(null) ?? [];
    const isWithin = ({ effectiveFromUs: at }: CostVersion) => at > startUs && at < endUs;
    // This runs for every bucket, and nearly always there is no change.
    if (!own.some(isWithin) && !all.some(isWithin)) return none;
    const instants = [...own, ...all].filter(isWithin).map((version) => version.effectiveFromUs);
    return [...new Set(instants)].sort((a, b) => a - b);
  }

  /** The area, when it has prices of its own; null when the home's hold there. */
  scopeOf(area: string | null): string | null {
    return this.#byArea.has(area) ? area : null;
  }

  #newest(area: string | null, atUs: number): CostVersion | null {
    return this.#byArea.get(area)?.findLast((version) => version.effectiveFromUs <= atUs) ?? null;
  }
}

/** A version of the same scope that begins at the same instant: one of the two would never count. */
export function overlapping(
  versions: readonly CostVersion[],
  area: string | null,
  effectiveFromUs: number,
): CostVersion | null {
  return (
    versions.find((version) => version.area === area && version.effectiveFromUs === effectiveFromUs) ?? null
  );
}

/**
 * Adds up costs without rounding in between: the unit is a millionth of a millionth of the currency per step, and only
 * the answer is rounded. An unpriced amount makes the sum unknown, and the unpriced amount is reported.
 */
export class CostSum {
  #costExact = 0n;
  #unpricedMwh = 0;
  #isUnpriced = false;
  #isEmpty = true;

  add(energyMwh: number, pricePerKwhMicro: number | null): void {
    this.#isEmpty = false;
    if (pricePerKwhMicro === null) {
      // Also when nothing was used: an hour without a price has an unknown cost.
      this.#isUnpriced = true;
      this.#unpricedMwh += Math.abs(energyMwh);
    } else this.#costExact += BigInt(energyMwh) * BigInt(pricePerKwhMicro);
  }

  /** In the currency, to its millionth; null when a part has no price or nothing was added. */
  cost(): number | null {
    if (this.#isEmpty || this.#isUnpriced) return null;
    const half = this.#costExact < 0n ? -500_000n : 500_000n;
    return Number((this.#costExact + half) / 1_000_000n) / 1_000_000;
  }

  unpricedMwh(): number {
    return this.#unpricedMwh;
  }
}
