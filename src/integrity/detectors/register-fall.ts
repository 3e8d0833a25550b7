/** A register that began anew at a value that no meter begins at: Home Assistant's rule counts all of it. */
import type { Finding } from '../ticket.ts';
import { amountText, registerFigure } from './figures.ts';
import { isFall, type PathRules, type RegisterPoint } from './register-path.ts';

const hourUs = 3_600_000_000;
/** A meter that began at 0 has this much and what it usually counts at most in the time: 1 kWh, 1 m³. */
export const freshMicro = 1_000_000;
/** Where a meter's highest hour is not known. */
export const presumedHourMicro = { kWh: 10_000_000, 'm³': 5_000_000 } as const;

/** @param path ascending, without spikes */
export function fallFindings(entityId: string, rules: PathRules, path: readonly RegisterPoint[]): Finding[] {
  const { unit } = rules;
  return path.flatMap((after, place) => {
    const before = path[place - 1];
    if (before === undefined || !isFall(rules, before, after)) return [];
    const hourMicro = rules.highestUsualMicro ?? presumedHourMicro[unit];
    const plausibleMicro = freshMicro + (hourMicro * (after.atUs - before.atUs)) / hourUs;
    if (after.registerMicro <= plausibleMicro) return [];
    return [
      {
        kind: 'register_fell',
        entityId,
        fromUs: before.atUs,
        untilUs: after.atUs,
        detail: `The register fell from ${amountText(before.registerMicro, unit)} to ${amountText(after.registerMicro, unit)}; as a meter that began anew, all of it was counted.`,
        evidence: [
          registerFigure('register_before', before.registerMicro, unit),
          registerFigure('register_after', after.registerMicro, unit),
          registerFigure('counted', after.registerMicro, unit),
        ],
        relatedEntityId: null,
        choices: ['exchange', 'set_value', 'exclude', 'accept'],
      } satisfies Finding,
    ];
  });
}
