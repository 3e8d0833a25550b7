/** How fast a register counts by its own readings, those before a place and those after it. Pure. */
import { hourUs } from '../../units/durations.ts';
import { isFall, type PathRules, presumedHourMicro, type RegisterPoint } from './register-path.ts';

/** So many readings on either side give the pace. */
export const paceReadings = 24;
/** A register may count this many times faster than in the steps around. */
export const paceTimes = 3;
/** Smaller amounts are not significant: 10 Wh, 10 litres. */
export const smallestMicro = 10_000;

/** A value with a lower one among so many that follow was not the register's. */
const followers = 3;

interface Step {
  readonly amountMicro: number;
  readonly durationUs: number;
}

export interface Pace {
  /** Steps that it is known by; 0 when it is only presumed. */
  readonly steps: number;
  /** How far apart its steps usually are; 0 when it is only presumed. */
  readonly usualUs: number;
  /** The most that the register counts in that time, with room for its busier hours. */
  mostMicro(durationUs: number): number;
}

/**
 * @param before readings up to the place, ascending, without those that were away
 * @param after readings from where it goes on, of which some may be away
 */
export function paceOf(
  rules: Pick<PathRules, 'kind' | 'unit'>,
  before: readonly RegisterPoint[],
  after: readonly RegisterPoint[],
): Pace {
  const steps = [
    ...stepsBefore(rules, before.slice(-paceReadings)),
    ...stepsAfter(rules, after.slice(0, paceReadings)),
  ];
  const hourMicro = presumedHourMicro[rules.unit];
  if (steps.length === 0)
    return { steps: 0, usualUs: 0, mostMicro: (us) => (hourMicro * us) / hourUs + smallestMicro };
  const durations = steps.map(({ durationUs }) => durationUs).sort((a, b) => a - b);
  const usualUs = durations[durations.length >> 1] ?? 0;
  return {
    steps: steps.length,
    usualUs,
    mostMicro: (us) => {
      const most = steps.map(
        // Two readings in one moment show a digit and no pace.
        ({ amountMicro, durationUs }) => amountMicro * Math.max(1, us / Math.max(durationUs, usualUs)),
      );
      return paceTimes * Math.max(...most) + smallestMicro;
    },
  };
}

function stepsBefore({ kind }: Pick<PathRules, 'kind'>, points: readonly RegisterPoint[]): Step[] {
  return points.flatMap((point, place) => {
    const last = points[place - 1];
    if (last === undefined) return [];
    const amountMicro = point.registerMicro - last.registerMicro;
    const durationUs = point.atUs - last.atUs;
    if (kind === 'net') return amountMicro === 0 ? [] : [{ amountMicro: Math.abs(amountMicro), durationUs }];
    return amountMicro > 0 ? [{ amountMicro, durationUs }] : [];
  });
}

/** Values below or far above the path are skipped: another spike, or a new cycle. */
function stepsAfter({ kind }: Pick<PathRules, 'kind'>, points: readonly RegisterPoint[]): Step[] {
  const steps: Step[] = [];
  let last = points[0];
  for (const [place, point] of points.entries()) {
    if (last === undefined) continue;
    const amountMicro = point.registerMicro - last.registerMicro;
    const next = points.slice(place + 1, place + followers);
    const isAway =
      kind === 'net'
        ? next.some(
            (other) => Math.abs(other.registerMicro - (last?.registerMicro ?? 0)) * 2 < Math.abs(amountMicro),
          )
        : amountMicro < 0 ||
          next.some(
            (other) =>
              other.registerMicro < point.registerMicro && other.registerMicro >= (last?.registerMicro ?? 0),
          );
    if (isAway || amountMicro === 0) continue;
    steps.push({ amountMicro: Math.abs(amountMicro), durationUs: point.atUs - last.atUs });
    last = point;
  }
  return steps;
}

/** Whether the register begins anew regularly, as one that counts by the day or the session. */
export function isCyclic(rules: PathRules, path: readonly RegisterPoint[], place: number): boolean {
  const around = path.slice(Math.max(0, place - 2 * paceReadings), place + 2 * paceReadings);
  const falls = around.filter((point, index) => {
    const before = around[index - 1];
    return before !== undefined && isFall({ ...rules, kind: 'rising' }, before, point);
  });
  return falls.length > 2;
}
