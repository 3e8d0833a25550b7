import { splitByTime } from '../../units/amount.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { durationUs, type Interval, subtract, union } from '../../units/interval.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { Entry, Quality } from '../entries/entry.ts';
import { boundariesBetween, QuarterHourSheet } from '../entries/quarter-hour-sheet.ts';
import type { DeclaredAmount } from '../evidence/evidence-source.ts';
import type { PowerReading, SwitchReading } from '../evidence.ts';
import { OnTime, quarterHoursOf, type SwitchSpan, switchSpans } from './switch-state.ts';

export interface PowerRules {
  /** A value is carried this long; a longer silence is a gap, which is not filled. */
  readonly maxGapUs: number;
  /** From this power on a device counts as running; null where that means nothing. */
  readonly onAboveMw: number | null;
}

/** The readings of a power sensor and of the switch of its device. */
export interface PowerEvidence {
  /** Ascending by time, one per instant; the first may lie before startUs and is carried in. */
  readonly powers: readonly PowerReading[];
  /** Likewise; empty for a device without a switch. */
  readonly switches: readonly SwitchReading[];
  /** Declared by the user: ascending, none overlaps another. */
  readonly amounts?: readonly DeclaredAmount[];
}

/** 1 mW for 1 µs is 1e-9 Ws, so 3.6e9 of them are one milliwatt-hour. */
const mwUsPerMwh = 3_600_000_000n;

/**
 * Posts a power sensor's readings to quarter-hours by the left rule: each value holds until the next reading, but not
 * past the longest gap. The energy in a gap is not known and not counted; the quarter-hour's coverage shows how long
 * the gaps are. Each quarter-hour is rounded once, from the exact integral, so the order and number of readings don't
 * matter. After an excluded reading the value before is a guess; a declared amount replaces the integral.
 *
 * While the switch is known to be off, the power counts as a measured 0, whatever the sensor reports; while its state
 * is not known, the power alone decides. The device is on when its switch is; where that is not known, from `onAboveMw`
 * on.
 * @param nowUs how far the last value may be carried
 * @param newestUs the newest reading, which may be later than those given; quarter-hours before it are settled
 */
export function postPower(
  rules: PowerRules,
  { powers, switches, amounts = [] }: PowerEvidence,
  startUs: number,
  endUs: number,
  nowUs: number,
  newestUs = newestOf(powers, switches),
): Entry[] {
  const sheet = new QuarterHourSheet(startUs, endUs);
  const onTime = new OnTime();
  const workByQuarterHour = new Map<number, bigint>();
  const carriedUs = Math.max(nowUs, newestUs);
  const counting = powers.filter((reading) => reading.isExcluded !== true);
  const excludedUs = powers.filter((reading) => reading.isExcluded === true).map(({ atUs }) => atUs);
  const known = [...switchSpans(switches, startUs, endUs + quarterHourUs, carriedUs)];
  const declared = amounts.map((amount) => ({ startUs: amount.startUs, endUs: amount.endUs }));
  const off = known.filter(({ reading }) => !reading.isOn);
  for (const amount of amounts) declare(sheet, amount);
  for (const span of known) onTime.add(span, span.reading.isOn);
  postOff(sheet, off, union(declared));
  const notIntegrated = union([...declared, ...off]);
  const switched = union([...declared, ...known]);
  for (const [index, { atUs, powerMw, origin }] of counting.entries()) {
    if (powerMw === null) continue;
    const nextUs = counting[index + 1]?.atUs ?? Number.POSITIVE_INFINITY;
    const reachUs = atUs + rules.maxGapUs;
    const held = { startUs: atUs, endUs: Math.min(nextUs, reachUs, carriedUs) };
    const guessedUs = excludedUs.find((us) => us > atUs) ?? Number.POSITIVE_INFINITY;
    if (rules.onAboveMw !== null)
      for (const span of subtract(held, switched)) onTime.add(span, powerMw >= rules.onAboveMw);
    for (const span of subtract(held, notIntegrated)) {
      for (const part of quarterHoursOf(span, guessedUs)) {
        const quarterHour = quarterHourStartUs(part.startUs);
        const isGuess = part.startUs >= guessedUs;
        workByQuarterHour.set(
          quarterHour,
          (workByQuarterHour.get(quarterHour) ?? 0n) + BigInt(powerMw) * BigInt(durationUs(part)),
        );
        sheet.add('quantity', quarterHour, {
          amountMicro: 0,
          coveredUs: isGuess ? 0 : durationUs(part),
          quality: isGuess ? 'estimated' : qualityOf(origin),
          reason: isGuess ? 'corrected' : 'integrated',
          firstEvidenceUs: atUs,
          // A value that no other follows in time is its own last evidence.
          lastEvidenceUs: nextUs <= reachUs ? nextUs : atUs,
          onTimeUs: null,
        });
      }
    }
  }
  // A declared amount is evidence up to its end.
  const settledUs = Math.max(newestUs, amounts.at(-1)?.endUs ?? newestUs);
  return sheet.entries(settledUs).map((entry) => ({
    ...entry,
    amountMicro: entry.amountMicro + roundedMwh(workByQuarterHour.get(entry.quarterHourStartUs) ?? 0n),
    onTimeUs: onTime.of(entry.quarterHourStartUs),
  }));
}

function newestOf(powers: readonly PowerReading[], switches: readonly SwitchReading[]): number {
  const none = Number.NEGATIVE_INFINITY;
  const power = powers.findLast((reading) => reading.isExcluded !== true);
  return Math.max(power?.atUs ?? none, switches.at(-1)?.atUs ?? none);
}

function postOff(sheet: QuarterHourSheet, off: readonly SwitchSpan[], declared: readonly Interval[]): void {
  for (const { reading, ...span } of off) {
    for (const left of subtract(span, declared)) {
      for (const part of quarterHoursOf(left)) {
        sheet.add('quantity', quarterHourStartUs(part.startUs), {
          amountMicro: 0,
          coveredUs: durationUs(part),
          quality: qualityOf(reading.origin),
          reason: 'switched_off',
          // The end of the off time is no evidence for quarter-hours before: they need no revision when it ends.
          firstEvidenceUs: reading.atUs,
          lastEvidenceUs: reading.atUs,
          onTimeUs: null,
        });
      }
    }
  }
}

function declare(sheet: QuarterHourSheet, { startUs, endUs, amountMicro }: DeclaredAmount): void {
  const cuts = boundariesBetween(startUs, endUs);
  const starts = [startUs, ...cuts];
  for (const [index, part] of splitByTime(amountMicro, startUs, endUs, cuts).entries()) {
    sheet.add('quantity', quarterHourStartUs(starts[index] ?? startUs), {
      amountMicro: part,
      coveredUs: 0,
      quality: 'estimated',
      reason: 'corrected',
      firstEvidenceUs: startUs,
      lastEvidenceUs: endUs,
      onTimeUs: null,
    });
  }
}

function qualityOf(origin: PowerReading['origin']): Quality {
  return origin === 'history' ? 'recovered' : origin === 'import' ? 'imported' : 'measured';
}

/** To the nearest milliwatt-hour, halves away from zero. */
function roundedMwh(workMwUs: bigint): number {
  const sign = workMwUs < 0n ? -1n : 1n;
  return Number(sign * ((sign * workMwUs + mwUsPerMwh / 2n) / mwUsPerMwh));
}
