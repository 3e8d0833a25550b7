/** The subject of a statistics call: one entity, or one of the home's flows. */
import type { KnownEntity } from '../../home/entity.ts';
import { meterOf } from '../../ledger/entries/meter.ts';
import type { Counted } from '../../statistics/meter-statistics.ts';
import { canonicalUnit, type Quantity, quantityOf } from '../../units/quantity.ts';
import type { ApiDeps } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { isFlow, isPriced } from './meters.ts';

export interface Subject {
  readonly id: string;
  /** Null for a flow, and for an entity that the home no longer knows and whose readings are kept. */
  readonly entity: KnownEntity | null;
  /** What its ledger counts; null for a value without one. */
  readonly counts: Counted | null;
  /** Its readings are a register; a device that is known by its power alone has none, nor has a flow. */
  readonly hasRegister: boolean;
  /** Of what it counts, or of its value. */
  readonly unit: string;
  readonly hasPrice: boolean;
}

function subjectOf(id: string, entity: KnownEntity | null, quantity: Quantity, isMeter: boolean): Subject {
  const counts = !isMeter ? null : quantity === 'volume' ? 'volume' : 'energy';
  const unit = counts === null ? canonicalUnit[quantity] : canonicalUnit[counts];
  const hasRegister = !isFlow(id) && (quantity === 'energy' || quantity === 'volume');
  const hasPrice = entity !== null && isPriced(entity) && counts === 'energy';
  return { id, entity, counts, hasRegister, unit, hasPrice };
}

type SubjectDeps = Pick<ApiDeps, 'home' | 'readingStore' | 'stores' | 'clock'>;

/** Throws a 404 for an unknown id. */
export async function subjectNamed(deps: SubjectDeps, id: string, field = 'entity_id'): Promise<Subject> {
  if (isFlow(id)) return subjectOf(id, null, 'energy', true);
  const entity = deps.home.entity(id);
  if (entity !== null) {
    const all = deps.home.entities();
    return subjectOf(id, entity, entity.quantity, meterOf(entity, all) !== null);
  }
  const newest = await fromStore(deps.stores, 'questdb', () =>
    deps.readingStore.before(id, deps.clock.nowUs(), true),
  );
  const quantity = quantityOf(newest?.unit);
  if (quantity === null)
    throw new HttpProblem(404, { detail: `${id} is not an energy entity of this home.`, field });
  return subjectOf(id, null, quantity, quantity === 'energy' || quantity === 'volume');
}

/** A subject with a ledger; throws a 404 for one without. */
export async function ledgerOf(deps: SubjectDeps, id: string): Promise<Subject> {
  const subject = await subjectNamed(deps, id);
  if (subject.counts === null)
    throw new HttpProblem(404, {
      detail: `${id} reports a value and has no ledger; its readings are at /api/readings/${id}.`,
      field: 'entity_id',
      expected: 'a meter of energy or volume, or a device that is known by its power alone',
    });
  return subject;
}

/** Throws a 400 that names those that are not tracked. */
export function requireTracked(
  home: Pick<ApiDeps['home'], 'entity'>,
  entityIds: readonly string[] = [],
): void {
  const unknown = entityIds.filter((id) => home.entity(id)?.isTracked !== true);
  if (unknown.length > 0)
    throw new HttpProblem(400, {
      detail: `Not tracked: ${unknown.slice(0, 10).join(', ')}.`,
      field: 'entity_ids',
      expected: 'ids of tracked entities',
    });
}
