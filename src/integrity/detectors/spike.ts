/** A register that went away and came back to its path: a few readings that no meter gave. */
import { dayUs, hourUs } from '../../units/durations.ts';
import type { Finding } from '../ticket.ts';
import { registerFigure } from './figures.ts';
import { type Pace, paceOf, paceReadings, smallestMicro } from './own-pace.ts';
import {
  freshMicro,
  isFall,
  isJump,
  isTooFast,
  type PathRules,
  presumedHourMicro,
  type RegisterPoint,
} from './register-path.ts';

/** It has to be back within this time and this many readings; otherwise it is no spike. */
export const spikeUs = hourUs;
/** A `net` register that falls counts nothing by itself: where it comes back so late, it was away all the while. */
const netSpikeUs = 12 * spikeUs;
/** If the sensor reports more seldom, it has to be back within so many readings. */
const spikePolls = 2;
export const spikeReadings = 50;
/** Upwards only the pace shows that a register was away; it has to be known from so many steps. */
export const knownSteps = 3;
/** Back is at most this part below where it was: what was away may have hidden a small dip. */
export const backParts = 100;
/** An old value that is reported after a silence is corrected this soon. */
export const staleUs = spikeUs / 4;

export interface Spike {
  /** The last reading before, and the first after it. */
  readonly before: RegisterPoint;
  readonly after: RegisterPoint;
  /** The first and the last reading that were away, as places in the path. */
  readonly first: number;
  readonly last: number;
  /** `stale`: an old value, after which the register began anew. */
  readonly kind: 'returned' | 'stale';
}

/**
 * The spikes in a path, ascending. Away is a jump, a fall, or a step that the register does not take by its own pace; back
 * is where it goes on from before as if nothing had been, and as abruptly as it left: a meter that began anew and climbs
 * back in many steps is none.
 */
export function findSpikes(rules: PathRules, path: readonly RegisterPoint[]): Spike[] {
  const spikes: Spike[] = [];
  const good: RegisterPoint[] = [];
  const falls = nextFalls(path);
  for (let at = 0; at + 1 < path.length; ) {
    const before = path[at];
    if (before !== undefined) good.push(before);
    // A register that went away and came back has fallen once.
    const mayBe = (falls[at] ?? path.length) <= at + spikeReadings + 1;
    const spike = mayBe ? spikeAfter(rules, path, at, good) : null;
    if (spike === null) at += 1;
    else {
      spikes.push(spike);
      at = spike.last + 1;
    }
  }
  return spikes;
}

/** Of each place, the next one whose register is below the one before it. */
function nextFalls(path: readonly RegisterPoint[]): number[] {
  const next = new Array<number>(path.length).fill(path.length);
  for (let place = path.length - 2; place >= 0; place -= 1) {
    const [here, after] = [path[place], path[place + 1]];
    const isFalling = here !== undefined && after !== undefined && after.registerMicro < here.registerMicro;
    next[place] = isFalling ? place + 1 : (next[place + 1] ?? path.length);
  }
  return next;
}

function spikeAfter(
  rules: PathRules,
  path: readonly RegisterPoint[],
  at: number,
  good: readonly RegisterPoint[],
): Spike | null {
  const before = path[at];
  const away = path[at + 1];
  if (before === undefined || away === undefined) return null;
  const leftMicro = Math.abs(away.registerMicro - before.registerMicro);
  if (leftMicro <= smallestMicro) return null;
  const known = paceOf(rules, good, []);
  const longestUs = Math.max(rules.kind === 'net' ? netSpikeUs : spikeUs, spikePolls * known.usualUs);
  // If the steps before allow it, those after need not be checked.
  const isOwn = known.steps > 0 && leftMicro <= known.mostMicro(away.atUs - before.atUs);
  const isPlain = isOwn && !isFall(rules, before, away);
  for (let place = at + 2; place < path.length && place - at <= spikeReadings + 1; place += 1) {
    const after = path[place];
    const last = path[place - 1];
    if (after === undefined || last === undefined || last.atUs - away.atUs > longestUs) return null;
    const around = { before, away, last, after };
    const spike = { before, after, first: at + 1, last: place - 1 };
    if (isAbrupt(rules, around)) return { ...spike, kind: 'returned' };
    if (isPlain || !mayBeBack(rules, around)) continue;
    const pace = paceOf(rules, good, path.slice(place, place + paceReadings));
    if (isOffPace(rules, pace, around)) return { ...spike, kind: 'returned' };
    if (isStale(rules, pace, around)) return { ...spike, kind: 'stale' };
  }
  return null;
}

interface Around {
  readonly before: RegisterPoint;
  /** The first and the last that were away. */
  readonly away: RegisterPoint;
  readonly last: RegisterPoint;
  readonly after: RegisterPoint;
}

/** Cheap to check, before the pace is calculated. */
function mayBeBack(rules: PathRules, { before, away, last, after }: Around): boolean {
  if (rules.kind === 'net') return true;
  const isDown = isFall(rules, before, away);
  // A rising register that falls a little is a dip, for which nothing is counted.
  if (!isDown && away.registerMicro < before.registerMicro) return false;
  const isThere = after.registerMicro >= before.registerMicro - dipMicro(before);
  return isDown ? isThere || isFall(rules, last, after) : isThere && after.registerMicro < last.registerMicro;
}

function dipMicro({ registerMicro }: RegisterPoint): number {
  return smallestMicro + Math.abs(registerMicro) / backParts;
}

/** It left and came back faster than any connection delivers. */
function isAbrupt(rules: PathRules, { before, away, last, after }: Around): boolean {
  if (!isJump(rules, before, away) && !isFall(rules, before, away)) return false;
  const isUp = away.registerMicro > before.registerMicro;
  const isBack = isUp ? after.registerMicro < last.registerMicro : isTooFast(rules, last, after);
  return (
    isBack &&
    !isFall(rules, before, after) &&
    !isJump(rules, before, after) &&
    !isTooFast(rules, before, after)
  );
}

/** It left and came back faster than this register counts, and went on from where it was. */
function isOffPace(rules: PathRules, pace: Pace, { before, away, last, after }: Around): boolean {
  const isDown = isFall(rules, before, away);
  const leftMicro = Math.abs(away.registerMicro - before.registerMicro);
  if (!isDown && pace.steps < knownSteps) return false;
  if (!isDown && leftMicro <= pace.mostMicro(away.atUs - before.atUs)) return false;
  const backMicro = Math.abs(after.registerMicro - last.registerMicro);
  if (backMicro <= pace.mostMicro(after.atUs - last.atUs)) return false;
  const goneOnMicro = after.registerMicro - before.registerMicro;
  const durationUs = after.atUs - before.atUs;
  const coarseMicro = Math.min(freshMicro, Math.abs(before.registerMicro) / 10);
  const hourMicro = presumedHourMicro[rules.unit];
  const mostMicro = Math.max(pace.mostMicro(durationUs), (hourMicro * durationUs) / hourUs + coarseMicro);
  if (rules.kind === 'net')
    return Math.abs(goneOnMicro) <= mostMicro && mostMicro < Math.min(leftMicro, backMicro);
  return goneOnMicro >= -dipMicro(before) && goneOnMicro <= mostMicro;
}

/**
 * It fell to a value that it can't have counted since it began anew, stood there for a moment and only then began anew: an
 * old value that was reported once more.
 */
function isStale(rules: PathRules, pace: Pace, { before, away, last, after }: Around): boolean {
  if (!isFall(rules, before, away) || !isFall(rules, last, after)) return false;
  if (after.registerMicro * 2 > away.registerMicro) return false;
  if (last.registerMicro - away.registerMicro > pace.mostMicro(last.atUs - away.atUs)) return false;
  const sinceUs = away.atUs - before.atUs;
  if (pace.steps === 0)
    return (
      away.registerMicro * 2 >= before.registerMicro &&
      after.registerMicro <= smallestMicro &&
      away.registerMicro > freshMicro / 10
    );
  if (away.registerMicro <= pace.mostMicro(Math.min(sinceUs, hourUs))) return false;
  // The first value after a silence, and 0 right after it.
  const isFirstValue = sinceUs > spikeUs && after.atUs - away.atUs <= staleUs;
  return (
    (isFirstValue && after.registerMicro <= smallestMicro) ||
    away.registerMicro * 2 >= before.registerMicro ||
    away.registerMicro > freshMicro + pace.mostMicro(Math.min(sinceUs, dayUs))
  );
}

/** The path without what was away. */
export function withoutSpikes(path: readonly RegisterPoint[], spikes: readonly Spike[]): RegisterPoint[] {
  return path.filter((_, place) => !spikes.some(({ first, last }) => place >= first && place <= last));
}

/** Can be left out without a person: the register before and after shows what was counted. */
export function spikeFindings(
  entityId: string,
  rules: PathRules,
  path: readonly RegisterPoint[],
  spikes: readonly Spike[],
): Finding[] {
  return spikes.flatMap(({ before, after, first, last, kind }) => {
    const away = path.slice(first, last + 1);
    const [begin, end] = [away[0], away.at(-1)];
    if (begin === undefined || end === undefined) return [];
    const farthest = away.reduce((far, point) =>
      Math.abs(point.registerMicro - before.registerMicro) >
      Math.abs(far.registerMicro - before.registerMicro)
        ? point
        : far,
    );
    const { unit } = rules;
    return [
      {
        kind: 'spike',
        entityId,
        startUs: begin.atUs,
        endUs: end.atUs,
        statement: {
          code: kind === 'stale' ? 'spike_before_reset' : 'spike',
          values: {
            beforeMicro: before.registerMicro,
            farthestMicro: farthest.registerMicro,
            afterMicro: after.registerMicro,
            readings: away.length,
            unit,
          },
        },
        evidence: [
          registerFigure('register_before', before.registerMicro, unit),
          registerFigure('register_after', after.registerMicro, unit),
          registerFigure('counted', farthest.registerMicro - before.registerMicro, unit),
          { name: 'count', value: away.length, unit: '' },
        ],
        relatedEntityId: null,
        choices: ['exclude', 'accept'],
      } satisfies Finding,
    ];
  });
}
