import type { Finding } from '../ticket.ts';
import { durationText } from './figures.ts';
import type { Gap } from './gap.ts';

/** Whose gap it is: what a register counted over it is known, what a power sensor delivered is not. */
export type GapOwner =
  | { readonly kind: 'home' }
  | { readonly kind: 'register' | 'power' | 'value'; readonly entityId: string };

/** A gap as it is told. With nothing to choose it only tells: the register bridges it, or no energy rests on it. */
export function gapFinding(owner: GapOwner, gap: Gap): Finding {
  const { startUs, endUs, isOpen } = gap;
  const lasted = isOpen
    ? `for ${durationText(endUs - startUs)} and still`
    : `for ${durationText(endUs - startUs)}`;
  const whose =
    owner.kind === 'home'
      ? 'Nothing is known of any entity'
      : 'The entity was unavailable or nothing is known of it';
  return {
    kind: 'gap',
    entityId: owner.kind === 'home' ? null : owner.entityId,
    startUs,
    endUs,
    detail: `${whose} ${lasted}; Home Assistant's history has nothing either. ${consequence(owner)}`,
    evidence: [{ name: 'gap_seconds', value: Math.round((endUs - startUs) / 1_000_000), unit: 's' }],
    relatedEntityId: null,
    choices: owner.kind === 'power' ? ['accept', 'set_value'] : isOpen ? ['accept'] : [],
  };
}

function consequence(owner: GapOwner): string {
  switch (owner.kind) {
    case 'home':
      return 'What registers counted meanwhile is known as a whole and spread over it as an estimate.';
    case 'register':
      return 'What the register counted meanwhile is known as a whole and spread over it as an estimate.';
    case 'power':
      return 'What the device used meanwhile is not known and not counted.';
    case 'value':
      return 'No energy is reckoned from it.';
  }
}
