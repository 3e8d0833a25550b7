/** Entities that follow no model. */
import { groupOf } from '../entities/cadence.ts';
import type { EntityDefinition } from '../entities/catalogue.ts';

/** An entity that reports only what is put in by hand. */
export function bare(entityId: string, more: Partial<EntityDefinition> = {}): EntityDefinition {
  const key = entityId.slice(entityId.indexOf('.') + 1);
  return {
    key,
    entityId,
    name: key,
    device: null,
    group: groupOf('slow'),
    meaning: { kind: 'fixed', text: '' },
    ...more,
  };
}

export function isByHand(definition: EntityDefinition): boolean {
  return definition.meaning.kind === 'fixed' && definition.meaning.text === '';
}
