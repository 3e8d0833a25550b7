/**
 * The house with its entities: lets time pass, fires what changed, takes what tests put in by hand. It knows nothing
 * of connections; it notifies its listeners.
 */
import { Cadence } from '../entities/cadence.ts';
import { type EntityDefinition, energyEntities } from '../entities/catalogue.ts';
import { surroundings } from '../entities/surroundings.ts';
import type { House } from '../model/house.ts';
import { type Attributes, type Change, type States, Timeline } from '../recorder/timeline.ts';
import { bare, isByHand } from './by-hand.ts';
import { devices } from './devices.ts';
import { attributesOf, contextIdOf, type Entity } from './entity.ts';

/** An event, for its subscribers. */
export type HomeEvent =
  | {
      readonly kind: 'state_changed';
      readonly entity: Entity;
      readonly before: Past | null;
      readonly after: Past | null;
    }
  | { readonly kind: 'other'; readonly type: string; readonly data: object; readonly atUs: number };

/** A state with the id that it went by then. */
export interface Past {
  readonly entityId: string;
  readonly change: Change;
  readonly contextId: string;
  readonly reportedUs: number;
}

const goneKept = 1000;

interface HomeDeps {
  readonly house: House;
  readonly nowUs: () => number;
  /** Seconds between telegrams of the P1 meter, 1-10. */
  readonly p1Seconds: number;
}

export class Home {
  readonly house: House;
  readonly entities = new Map<string, Entity>();
  /** Removed ones, for their history; the id may have been given again since. */
  readonly gone: Entity[] = [];
  readonly #deps: HomeDeps;
  readonly #listeners = new Set<(event: HomeEvent) => void>();
  #cursorUs = 0;
  #isStill = false;

  constructor(deps: HomeDeps) {
    this.#deps = deps;
    this.house = deps.house;
  }

  start(): void {
    this.#cursorUs = this.#deps.nowUs();
    this.house.prepare(this.#cursorUs);
    for (const definition of [...energyEntities, ...surroundings]) {
      const entity = this.#build(definition, true);
      this.#settle(entity);
    }
  }

  listen(listener: (event: HomeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Until when all events have been fired. */
  cursorUs(): number {
    return this.#cursorUs;
  }

  /** Lets time pass until now and fires what happened meanwhile, in order. */
  advance(): number {
    this.#advanceTo(this.#deps.nowUs());
    return this.#cursorUs;
  }

  #advanceTo(endUs: number): void {
    const startUs = this.#cursorUs;
    if (endUs <= startUs) return;
    const due: { entity: Entity; change: Change }[] = [];
    for (const entity of this.entities.values()) {
      for (const change of entity.timeline.changes(entity.current, startUs, endUs))
        due.push({ entity, change });
    }
    due.sort((a, b) => a.change.atUs - b.change.atUs);
    this.#cursorUs = endUs;
    for (const { entity, change } of due) this.#apply(entity, change);
  }

  /**
   * A state by hand. Without attributes the present ones stay; the same state with the same attributes is no change,
   * as in Core. `atUs` defaults to now; only an entity that reports nothing by itself may get an earlier instant.
   */
  put(entityId: string, text: string | null, attributes?: Attributes, atUs?: number): Change | null {
    this.advance();
    const entity = this.entities.get(entityId) ?? this.add(bare(entityId), false);
    const isMute = isByHand(entity.definition);
    let at = atUs ?? this.#cursorUs;
    if (atUs !== undefined && (atUs <= lastOf(entity) || (!isMute && atUs < this.#cursorUs)))
      throw new RangeError(`${entityId} has a later state already`);
    // Two in one microsecond: the second one is later, and time passes for everybody until then.
    for (;;) {
      this.#advanceTo(at);
      if (lastOf(entity) < at) break;
      at = lastOf(entity) + 1;
    }
    const now = entity.current;
    const next = attributes ?? now?.attributes ?? entity.attributes;
    if (now === null ? text === null : now.text === text && same(now.attributes, next)) return null;
    const change: Change = {
      atUs: at,
      changedUs: now?.text === text ? now.changedUs : at,
      text,
      attributes: next,
    };
    entity.timeline.put(change);
    this.#apply(entity, change);
    return change;
  }

  /** `timeline`: another source of states than the model. */
  add(
    definition: EntityDefinition,
    isRegistered: boolean,
    timeline?: (attributes: Attributes) => States,
  ): Entity {
    if (this.entities.has(definition.entityId))
      throw new RangeError(`${definition.entityId} is there already`);
    const entity = this.#build(definition, isRegistered, timeline);
    if (timeline !== undefined) this.#settle(entity);
    if (isRegistered) this.#registryEvent({ action: 'create', entity_id: definition.entityId });
    if (entity.current !== null)
      this.#fire({ kind: 'state_changed', entity, before: null, after: this.#past(entity) });
    return entity;
  }

  /** Out of the registry and out of the states; its history stays until purged. */
  remove(entityId: string): void {
    const entity = this.get(entityId);
    this.put(entityId, null);
    entity.timeline.hush(this.#cursorUs);
    this.entities.delete(entityId);
    this.gone.push(entity);
    if (this.gone.length > goneKept) this.gone.shift();
    if (entity.isRegistered) this.#registryEvent({ action: 'remove', entity_id: entityId });
  }

  /** As Core: the old id's state goes, the new id's comes, history moves along, energy preferences keep the old id. */
  rename(entityId: string, newEntityId: string): void {
    this.advance();
    const entity = this.get(entityId);
    if (this.entities.has(newEntityId)) throw new RangeError(`${newEntityId} is there already`);
    const before = this.#past(entity);
    this.entities.delete(entityId);
    entity.entityId = newEntityId;
    entity.modifiedUs = this.#cursorUs;
    this.entities.set(newEntityId, entity);
    this.#registryEvent({
      action: 'update',
      entity_id: newEntityId,
      changes: { entity_id: entityId },
      old_entity_id: entityId,
    });
    this.#fire({ kind: 'state_changed', entity, before, after: null });
    this.#fire({ kind: 'state_changed', entity, before: null, after: this.#past(entity) });
  }

  setAvailable(entityId: string, isAvailable: boolean): void {
    const entity = this.get(entityId);
    if (isAvailable) {
      this.advance();
      entity.timeline.comeBack(this.#cursorUs);
      const text = entity.timeline.reportAt(this.#cursorUs);
      if (text !== null) this.put(entityId, text);
    } else {
      this.put(entityId, 'unavailable');
      entity.timeline.fallAway(this.#cursorUs);
    }
  }

  /** The meter begins at 0 again. */
  restartMeter(entityId: string): void {
    this.advance();
    const entity = this.get(entityId);
    if (entity.definition.meaning.kind !== 'register') throw new RangeError(`${entityId} is no meter`);
    entity.timeline.reset(this.#cursorUs);
    const text = entity.timeline.reportAt(this.#cursorUs);
    if (text !== null) this.put(entityId, text);
  }

  /** Nothing reports by itself any more, until this is called with false; only states put in by hand. */
  standStill(isStill: boolean): void {
    this.advance();
    if (this.#isStill === isStill) return;
    this.#isStill = isStill;
    for (const entity of this.entities.values()) {
      if (isStill) entity.timeline.hush(this.#cursorUs + 1);
      else entity.timeline.unhush(this.#cursorUs + 1);
    }
  }

  get(entityId: string): Entity {
    const entity = this.entities.get(entityId);
    if (entity === undefined) throw new RangeError(`${entityId} is not there`);
    return entity;
  }

  /** Any other event, such as a registry's. */
  fire(type: string, data: object): void {
    this.#fire({ kind: 'other', type, data, atUs: this.#cursorUs });
  }

  past(entity: Entity): Past | null {
    return this.#past(entity);
  }

  #build(
    definition: EntityDefinition,
    isRegistered: boolean,
    timeline?: (attributes: Attributes) => States,
  ): Entity {
    const hasCadence = !isByHand(definition);
    const group =
      definition.group.name === 'p1'
        ? { name: 'p1', periodUs: this.#deps.p1Seconds * 1_000_000 }
        : definition.group;
    const cadence = hasCadence ? new Cadence(group, this.house.seed, this.entities.size) : null;
    const device = devices.find(({ key }) => key === definition.device);
    const attributes = attributesOf(definition, device?.name ?? null);
    const made =
      timeline?.(attributes) ?? new Timeline(this.house, hasCadence ? definition : null, cadence, attributes);
    if (this.#isStill) made.hush(this.#cursorUs + 1);
    const entity: Entity = {
      entityId: definition.entityId,
      definition,
      timeline: made,
      attributes,
      current: null,
      contextId: contextIdOf(this.#cursorUs, definition.entityId),
      isRegistered,
      modifiedUs: this.#cursorUs,
      fired: 0,
      sent: 0,
    };
    this.entities.set(definition.entityId, entity);
    return entity;
  }

  #settle(entity: Entity): void {
    entity.current = entity.timeline.inForceAt(this.#cursorUs);
    if (entity.current !== null) entity.contextId = contextIdOf(entity.current.atUs, entity.entityId);
  }

  #apply(entity: Entity, change: Change): void {
    const before = this.#past(entity);
    entity.current = change.text === null ? null : change;
    entity.contextId = contextIdOf(change.atUs, entity.entityId);
    this.#fire({ kind: 'state_changed', entity, before, after: this.#past(entity) });
  }

  #past(entity: Entity): Past | null {
    const { current, entityId, contextId } = entity;
    if (current === null) return null;
    const reportedUs = Math.max(current.atUs, entity.timeline.lastReportUs(this.#cursorUs) ?? 0);
    return { entityId, change: current, contextId, reportedUs };
  }

  #registryEvent(data: object): void {
    this.#fire({ kind: 'other', type: 'entity_registry_updated', data, atUs: this.#cursorUs });
  }

  #fire(event: HomeEvent): void {
    if (event.kind === 'state_changed') event.entity.fired++;
    for (const listener of this.#listeners) listener(event);
  }
}

/** No state may come at or before this instant any more. */
function lastOf(entity: Entity): number {
  return Math.max(entity.current?.atUs ?? 0, entity.timeline.lastTouchUs());
}

function same(a: Attributes, b: Attributes): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
