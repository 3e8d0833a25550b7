import type { Entity } from '../../home/entity.ts';
import type { EntityState } from '../../home/home-assistant.ts';
import { instantFromLocalIso } from '../../units/instant.ts';
import { canonicalUnit, toCanonical } from '../../units/quantity.ts';
import type { Absence, Origin, Reading, Rejection, RejectionReason } from '../reading.ts';

type Parsed =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'rejection'; readonly rejection: Rejection };

/** What the parser needs of an entity: its quantity, and its unit when a state carries none. */
export type ParsedEntity = Pick<Entity, 'entityId' | 'quantity' | 'unit'>;

/** How far ahead of ours Home Assistant's clock may be. */
export const futureToleranceUs = 5 * 60 * 1_000_000;
/** Before Home Assistant existed: the clock of a board without a battery that was not yet set. */
export const oldestInstantUs = Date.UTC(2010, 0, 1) * 1000;

/**
 * What Python's float() reads, which Home Assistant uses for its statistics: digits may have underscores between
 * them. Digits of other scripts, which it reads as well, are left out.
 */
const numberPattern = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
/** The blanks that float() skips at both ends. */
const blanks = /^\p{White_Space}+|\p{White_Space}+$/gu;
const notFinitePattern = /^[+-]?(?:inf|infinity|nan)$/i;
const maxStateChars = 64;

const switchValues: ReadonlyMap<string, number> = new Map([
  ['on', 1],
  ['off', 0],
]);

/**
 * A state of Home Assistant as a reading in its canonical unit, or the reason why it is none. Unavailable, unknown
 * and removed are readings without a value, because they bound gaps; nothing else is ever guessed.
 * @param zone the home's IANA zone; null while it is not known
 */
export function parseState(
  state: EntityState,
  entity: ParsedEntity,
  origin: Origin,
  nowUs: number,
  zone: string | null,
): Parsed {
  const { entityId, lastUpdatedUs: atUs } = state;
  const text = state.state;
  const reject = (reason: RejectionReason): Parsed => ({
    kind: 'rejection',
    rejection: { entityId, atUs, reason, state: (text ?? '').slice(0, maxStateChars) },
  });
  if (!Number.isSafeInteger(atUs) || atUs < oldestInstantUs) return reject('bad_instant');
  if (atUs > nowUs + futureToleranceUs) return reject('from_the_future');

  if (entity.quantity === 'switch') {
    const value = text === null ? undefined : switchValues.get(text);
    const absence = absenceOf(text);
    if (value === undefined && absence === null) return reject('not_a_number');
    const content = { value: value ?? null, absence, unit: canonicalUnit.switch, sourceUnit: null };
    return reading({ entityId, atUs, ...content, lastResetAtUs: null, origin });
  }
  const given = state.attributes.unit_of_measurement;
  const hasUnit = typeof given === 'string' && given !== '';
  const sourceUnit = hasUnit ? given : entity.unit || null;
  const lastResetAtUs = lastResetOf(state.attributes.last_reset, zone);
  const absence = absenceOf(text);
  if (text === null || absence !== null) {
    const known = sourceUnit === null ? null : toCanonical(0, sourceUnit);
    // An absent value has no quantity: a foreign unit is not worth losing the gap's bound for.
    const unit = known?.quantity === entity.quantity ? known.unit : null;
    return reading({
      entityId,
      atUs,
      value: null,
      absence: absence ?? 'removed',
      unit,
      sourceUnit: unit === null ? null : sourceUnit,
      lastResetAtUs,
      origin,
    });
  }

  const number = text.replace(blanks, '');
  if (notFinitePattern.test(number)) return reject('not_finite');
  if (!numberPattern.test(number)) return reject('not_a_number');
  if (sourceUnit === null) return reject('unknown_unit');
  const canonical = toCanonical(Number(number.replaceAll('_', '')), sourceUnit);
  if (canonical === null) return reject('unknown_unit');
  if (canonical.quantity !== entity.quantity) return reject('other_quantity');
  if (!Number.isFinite(canonical.value)) return reject('not_finite');
  return reading({
    entityId,
    atUs,
    // The stores do not distinguish -0 from 0.
    value: canonical.value === 0 ? 0 : canonical.value,
    absence: null,
    unit: canonical.unit,
    sourceUnit,
    lastResetAtUs,
    origin,
  });
}

function reading(made: Reading): Parsed {
  return { kind: 'reading', reading: made };
}

function absenceOf(text: string | null): Absence | null {
  if (text === null) return 'removed';
  return text === 'unavailable' || text === 'unknown' ? text : null;
}

/** A text that is no instant counts as not reported: an odd attribute must not cost a reading. */
function lastResetOf(attribute: unknown, zone: string | null): number | null {
  return typeof attribute === 'string' ? instantFromLocalIso(attribute, zone) : null;
}
