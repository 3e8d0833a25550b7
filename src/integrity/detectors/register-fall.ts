/** A register that began anew at a value that no meter begins at, or went on lower without beginning anew. */

import { type CounterStep, stepCounter } from '../../ledger/counter/counter.ts';
import type { CounterState } from '../../ledger/counter/counter-state.ts';
import { hourUs } from '../../units/durations.ts';
import type { Finding } from '../ticket.ts';
import { registerFigure } from './figures.ts';
import { isCyclic, paceOf } from './own-pace.ts';
import {
  freshMicro,
  isFall,
  isJump,
  type PathRules,
  presumedHourMicro,
  type RegisterPoint,
} from './register-path.ts';

/** After a reset it may have counted for at most this long, however long it was away. */
export const fallUs = 24 * hourUs;

/** A register that goes on lower by less is no finding: 100 Wh, 100 litres. */
export const leastFallMicro = 100_000;

/** @param path ascending, without spikes */
export function fallFindings(entityId: string, rules: PathRules, path: readonly RegisterPoint[]): Finding[] {
  const counted = rules.kind === 'net' ? countedBy(path) : [];
  return path.flatMap((after, place) => {
    const before = path[place - 1];
    if (before === undefined) return [];
    const isAsked =
      rules.kind === 'rising'
        ? isImplausible(rules, path, place)
        : isUnexplained(rules, path, place, counted[place] ?? 0);
    if (!isAsked) return [];
    const code = rules.kind === 'rising' ? 'register_fell' : 'register_fell_without_reset';
    return [fell(entityId, rules, before, after, code)];
  });
}

/** A rising register that began anew with more than it can have counted since. */
function isImplausible(rules: PathRules, path: readonly RegisterPoint[], place: number): boolean {
  const [before, after] = [path[place - 1], path[place]];
  if (before === undefined || after === undefined || !isFall(rules, before, after)) return false;
  const pace = paceOf(rules, path.slice(0, place), path.slice(place));
  const isOwn = pace.steps > 0 && !isCyclic(rules, path, place);
  // A register that begins anew each day and reports once a day has no other pace.
  const hourMicro = isOwn
    ? Math.max(rules.highestUsualMicro ?? 0, pace.mostMicro(hourUs))
    : (rules.highestUsualMicro ?? presumedHourMicro[rules.unit]);
  const sinceUs = Math.min(after.atUs - before.atUs, fallUs);
  return after.registerMicro > freshMicro + (hourMicro * sinceUs) / hourUs;
}

/** What the ledger counts at each point of a register that may fall. */
function countedBy(path: readonly RegisterPoint[]): number[] {
  let state: CounterState | null = null;
  return path.map(({ atUs, registerMicro, lastResetAtUs = null }) => {
    const reading = { kind: 'reading', atUs, registerMicro, lastResetAtUs, origin: 'stream' } as const;
    const step: CounterStep = stepCounter('net', state, reading);
    state = step.state;
    return step.deltas.reduce((sum, { amountMicro }) => sum + amountMicro, 0);
  });
}

/** A register that may fall, and fell by far more than it ever moves, without a new `last_reset`. */
function isUnexplained(
  rules: PathRules,
  path: readonly RegisterPoint[],
  place: number,
  countedMicro: number,
): boolean {
  const [before, after] = [path[place - 1], path[place]];
  if (before === undefined || after === undefined) return false;
  if (after.registerMicro >= before.registerMicro * 0.9 || before.registerMicro <= 0) return false;
  // A fall of more than a connection is a jump, and asked about as that.
  if (isJump(rules, before, after)) return false;
  const resetUs = after.lastResetAtUs ?? null;
  if (resetUs !== null && resetUs !== (before.lastResetAtUs ?? null)) return false;
  const pace = paceOf(rules, path.slice(0, place), path.slice(place));
  const fellMicro = before.registerMicro - after.registerMicro;
  if (fellMicro <= freshMicro + pace.mostMicro(after.atUs - before.atUs) || isCyclic(rules, path, place))
    return false;
  // As a new cycle it is counted right, unless no cycle begins there.
  const sinceUs = Math.min(after.atUs - before.atUs, fallUs);
  return countedMicro < 0 || after.registerMicro > freshMicro + pace.mostMicro(sinceUs);
}

/**
 * A register that went on lower by less than a reset, or below 0: the ledger counts on from there, and what was used
 * between the reading before and the first below is not known.
 * @param path ascending, without spikes, with what is below 0
 */
export function loweredFindings(
  entityId: string,
  rules: PathRules,
  path: readonly RegisterPoint[],
): Finding[] {
  if (rules.kind !== 'rising') return [];
  const findings: Finding[] = [];
  let state: CounterState | null = null;
  let high: RegisterPoint | null = null;
  let low: RegisterPoint | null = null;
  for (const point of path) {
    const { atUs, registerMicro } = point;
    const reading = { kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' } as const;
    const step = stepCounter('rising', state, reading);
    const isLowered =
      state?.dip != null && step.deltas[0]?.cause === 'reset' && step.state?.formerMicro != null;
    const isLarge = high !== null && low !== null && high.registerMicro - low.registerMicro >= leastFallMicro;
    if (isLowered && isLarge && high !== null && low !== null)
      findings.push(fell(entityId, rules, high, low, 'register_fell_counts_on'));
    if (step.state !== null && step.state.dip === null) [high, low] = [point, null];
    else low ??= point;
    state = step.state;
  }
  return findings;
}

function fell(
  entityId: string,
  { kind, unit }: PathRules,
  before: RegisterPoint,
  after: RegisterPoint,
  code: 'register_fell' | 'register_fell_without_reset' | 'register_fell_counts_on',
): Finding {
  const isBegun =
    kind === 'rising' && after.registerMicro >= 0 && after.registerMicro < before.registerMicro * 0.9;
  return {
    kind: 'register_fell',
    entityId,
    startUs: before.atUs,
    endUs: after.atUs,
    statement: {
      code,
      values: { beforeMicro: before.registerMicro, afterMicro: after.registerMicro, unit },
    },
    evidence: [
      registerFigure('register_before', before.registerMicro, unit),
      registerFigure('register_after', after.registerMicro, unit),
      ...(isBegun ? [registerFigure('counted', after.registerMicro, unit)] : []),
    ],
    relatedEntityId: null,
    choices: ['exchange', 'set_value', 'exclude', 'accept'],
  };
}
