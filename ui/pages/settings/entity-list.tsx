import { Icon } from '../../components/icon.tsx';
import { lookOf, markOf } from '../../components/role-look.ts';
import { formatRegister } from '../../format/numbers.ts';
import { type ListedEntity, locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { isTicked } from './tracking.ts';

/** The state in the entity's own unit, as Home Assistant shows it. */
function shownState({ state, unit_of_measurement: unit }: ListedEntity, language: string): string {
  if (state === null) return '';
  const value = Number(state);
  if (state.trim() === '' || !Number.isFinite(value)) return state;
  return formatRegister(value, unit, language);
}

export function EntityList({
  entities,
  changes,
  mayChange,
  onTick,
}: {
  entities: readonly ListedEntity[];
  changes: ReadonlyMap<string, boolean>;
  mayChange: boolean;
  onTick: (entity: ListedEntity, isTracked: boolean) => void;
}) {
  const { settings, roles } = texts();
  const t = settings.entities;
  const { language } = locale.value;
  return (
    <ul class="entity-list">
      {entities.map((entity) => {
        const look = lookOf(entity.role);
        const facts = [roles[entity.role], entity.area, settings.foundBy[entity.found_by]].filter(Boolean);
        return (
          <li
            key={entity.entity_id}
            data-entity={entity.entity_id}
            class={changes.has(entity.entity_id) ? 'is-changed' : ''}
          >
            <label>
              <span class="check">
                <input
                  type="checkbox"
                  checked={isTicked(entity, changes)}
                  disabled={!mayChange}
                  aria-label={t.record(entity.friendly_name)}
                  onChange={(event) => onTick(entity, event.currentTarget.checked)}
                />
              </span>
              <span class="entity-icon" style={{ color: markOf(look.colour) }}>
                <Icon path={look.icon} />
              </span>
              <span class="entity-name">
                {entity.friendly_name}
                <small class="quiet">{entity.entity_id}</small>
                <small class="quiet">
                  {facts.join(' · ')}
                  {!entity.is_active && ` · ${t.gone}`}
                </small>
              </span>
              <span class="number entity-state">{shownState(entity, language)}</span>
            </label>
          </li>
        );
      })}
    </ul>
  );
}
