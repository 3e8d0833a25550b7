import type { StatementCode } from '../statement.ts';
import type { Finding } from '../ticket.ts';
import type { Gap } from './gap.ts';

/** Whose gap it is: what a register counted over it is known, what a power sensor delivered is not. */
export type GapOwner =
  | { readonly kind: 'home' }
  | { readonly kind: 'register' | 'power' | 'value'; readonly entityId: string };

const codes = {
  home: 'gap_of_home',
  register: 'gap_of_register',
  power: 'gap_of_power',
  value: 'gap_of_value',
} as const satisfies Record<GapOwner['kind'], StatementCode>;

/** Without choices it is only shown: the register bridges it, or no energy is derived from it. */
export function gapFinding(owner: GapOwner, { startUs, endUs, isOpen }: Gap): Finding {
  return {
    kind: 'gap',
    entityId: owner.kind === 'home' ? null : owner.entityId,
    startUs,
    endUs,
    statement: { code: codes[owner.kind], values: { lastedUs: endUs - startUs, isOpen } },
    evidence: [{ name: 'gap_seconds', value: Math.round((endUs - startUs) / 1_000_000), unit: 's' }],
    relatedEntityId: null,
    choices: owner.kind === 'power' ? ['accept', 'set_value'] : isOpen ? ['accept'] : [],
  };
}
