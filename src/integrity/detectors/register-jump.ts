/** A register that counted more than a home can use, and stayed there. */
import type { Finding } from '../ticket.ts';
import { registerFigure } from './figures.ts';
import { isFall, isJump, type PathRules, type RegisterPoint } from './register-path.ts';

/** @param path ascending, without spikes */
export function jumpFindings(entityId: string, rules: PathRules, path: readonly RegisterPoint[]): Finding[] {
  const { unit, highestUsualMicro } = rules;
  let highMicro = Number.NEGATIVE_INFINITY;
  return path.flatMap((after, place) => {
    const last = path[place - 1];
    if (last === undefined) return [];
    // A rising register that comes back from a dip has counted from where it was before.
    const isNew = rules.kind === 'net' || isFall(rules, path[place - 2] ?? last, last);
    highMicro = isNew ? last.registerMicro : Math.max(highMicro, last.registerMicro);
    const before = { ...last, registerMicro: highMicro };
    if (!isJump(rules, before, after)) return [];
    const countedMicro = after.registerMicro - before.registerMicro;
    const lastedUs = after.atUs - before.atUs;
    return [
      {
        kind: 'register_jumped',
        entityId,
        startUs: before.atUs,
        endUs: after.atUs,
        statement: {
          code: 'register_jumped',
          values: { countedMicro, lastedUs, highestHourMicro: highestUsualMicro, unit },
        },
        evidence: [
          registerFigure('register_before', before.registerMicro, unit),
          registerFigure('register_after', after.registerMicro, unit),
          registerFigure('counted', countedMicro, unit),
          ...(highestUsualMicro === null ? [] : [registerFigure('highest_usual', highestUsualMicro, unit)]),
        ],
        relatedEntityId: null,
        choices: ['exclude', 'set_value', 'exchange', 'accept'],
      } satisfies Finding,
    ];
  });
}
