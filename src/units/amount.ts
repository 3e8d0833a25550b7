/**
 * Amounts in the ledger are integers: millionths of the canonical unit, so milliwatt-hours of energy (1 kWh =
 * 1,000,000) and millilitres of volume. Safe up to nine thousand million kWh; differences and sums are exact.
 */
const microPerUnit = 1_000_000;

/** The nearest integer amount of a register's value in its canonical unit; null when it can't be held exactly. */
export function microFromValue(value: number): number | null {
  const micro = Math.round(value * microPerUnit);
  return Number.isSafeInteger(micro) ? micro + 0 : null;
}

/** In the canonical unit: for answers, never for further calculation. */
export function valueFromMicro(micro: number): number {
  return micro / microPerUnit;
}

/**
 * Cuts `amountMicro`, spread evenly over [startUs, endUs), at the given instants. The parts are integers and add up to
 * the amount exactly, whatever the cuts: each is the difference of two cumulative amounts, cut down towards zero.
 * An empty span gives everything to its last part.
 * @param cutsUs ascending, strictly inside the span
 * @returns one part more than there are cuts
 */
export function splitByTime(
  amountMicro: number,
  startUs: number,
  endUs: number,
  cutsUs: readonly number[],
): number[] {
  const parts: number[] = [];
  let before = 0;
  for (const cutUs of cutsUs) {
    // A product of a register and a span overflows what a double holds exactly.
    const upTo = Number((BigInt(amountMicro) * BigInt(cutUs - startUs)) / BigInt(endUs - startUs));
    parts.push(upTo - before);
    before = upTo;
  }
  parts.push(amountMicro - before);
  return parts;
}
