/** A register that counted more than a home can use, and stayed there. */
import type { Finding } from '../ticket.ts';
import { amountText, registerFigure } from './figures.ts';
import { isJump, type PathRules, type RegisterPoint } from './register-path.ts';

/** @param path ascending, without spikes */
export function jumpFindings(entityId: string, rules: PathRules, path: readonly RegisterPoint[]): Finding[] {
  const { unit, highestUsualMicro } = rules;
  return path.flatMap((after, place) => {
    const before = path[place - 1];
    if (before === undefined || !isJump(rules, before, after)) return [];
    const countedMicro = after.registerMicro - before.registerMicro;
    const seconds = Math.round((after.atUs - before.atUs) / 1_000_000);
    const usual =
      highestUsualMicro === null ? '' : `; its highest hour was ${amountText(highestUsualMicro, unit)}`;
    return [
      {
        kind: 'register_jumped',
        entityId,
        fromUs: before.atUs,
        untilUs: after.atUs,
        detail: `The register counted ${amountText(countedMicro, unit)} within ${seconds} s${usual}.`,
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
