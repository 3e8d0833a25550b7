/** A register that went away and came back to its path: a few readings that no meter gave. */
import type { Finding } from '../ticket.ts';
import { amountText, registerFigure } from './figures.ts';
import { isFall, isJump, isTooFast, type PathRules, type RegisterPoint } from './register-path.ts';

/** It has to be back within this time and this many readings; what stays away longer is not a spike. */
export const spikeUs = 3_600_000_000;
export const spikeReadings = 50;

export interface Spike {
  /** The last reading before, and the first after it. */
  readonly before: RegisterPoint;
  readonly after: RegisterPoint;
  /** The first and the last reading that were away, as places in the path. */
  readonly first: number;
  readonly last: number;
}

/**
 * The spikes in a path, ascending. Away is a jump or a fall; back is where the register goes on from before as if
 * nothing had been, and as abruptly as it left: a meter that began anew and climbs back is none.
 */
export function findSpikes(rules: PathRules, path: readonly RegisterPoint[]): Spike[] {
  const spikes: Spike[] = [];
  for (let at = 0; at + 2 < path.length; ) {
    const spike = spikeAfter(rules, path, at);
    if (spike === null) at += 1;
    else {
      spikes.push(spike);
      at = spike.last + 1;
    }
  }
  return spikes;
}

function spikeAfter(rules: PathRules, path: readonly RegisterPoint[], at: number): Spike | null {
  const before = path[at];
  const away = path[at + 1];
  if (before === undefined || away === undefined) return null;
  const isUp = away.registerMicro > before.registerMicro;
  if (!isJump(rules, before, away) && !isFall(rules, before, away)) return null;
  for (let place = at + 2; place < path.length && place - at <= spikeReadings + 1; place += 1) {
    const after = path[place];
    const last = path[place - 1];
    if (after === undefined || last === undefined || last.atUs - away.atUs > spikeUs) return null;
    const isBack = isUp ? after.registerMicro < last.registerMicro : isTooFast(rules, last, after);
    const goesOn =
      !isFall(rules, before, after) && !isJump(rules, before, after) && !isTooFast(rules, before, after);
    if (isBack && goesOn) return { before, after, first: at + 1, last: place - 1 };
  }
  return null;
}

/** The path without what was away. */
export function withoutSpikes(path: readonly RegisterPoint[], spikes: readonly Spike[]): RegisterPoint[] {
  return path.filter((_, place) => !spikes.some(({ first, last }) => place >= first && place <= last));
}

/** Safe to leave out by itself: the register before and after says what was counted. */
export function spikeFindings(
  entityId: string,
  rules: PathRules,
  path: readonly RegisterPoint[],
  spikes: readonly Spike[],
): Finding[] {
  return spikes.flatMap(({ before, after, first, last }) => {
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
    const went = `${amountText(before.registerMicro, unit)} to ${amountText(farthest.registerMicro, unit)}`;
    const count = away.length === 1 ? 'one reading' : `${away.length} readings`;
    return [
      {
        kind: 'spike',
        entityId,
        fromUs: begin.atUs,
        untilUs: end.atUs,
        detail: `The register went from ${went} for ${count} and came back to ${amountText(after.registerMicro, unit)}.`,
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
