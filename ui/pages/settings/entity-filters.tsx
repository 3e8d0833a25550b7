import { SelectField } from '../../components/fields.tsx';
import { roleOrder } from '../../components/role-look.ts';
import type { ListedEntity } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { type Filters, noArea } from './tracking.ts';

const foundBy = ['preferences', 'device_class', 'unit', 'words', 'device'] as const;

interface EntityFiltersProps {
  readonly all: readonly ListedEntity[];
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** Search and four filters. A filter offers only the values that occur. */
export function EntityFilters({ all, filters, onChange }: EntityFiltersProps) {
  const { settings, roles } = texts();
  const t = settings.entities;
  const areas = [...new Set(all.map((entity) => entity.area ?? noArea))].sort();
  const filter = (
    name: 'role' | 'area' | 'tracked' | 'foundBy',
    options: readonly (readonly [value: string, text: string])[],
  ) => (
    <SelectField
      label={t[name]}
      value={filters[name]}
      none={t.any}
      options={options}
      onPick={(value) => onChange({ ...filters, [name]: value })}
    />
  );
  return (
    <search class="filters">
      <label class="field filters-search">
        <span>{t.search}</span>
        <input
          class="input"
          type="search"
          autocomplete="off"
          value={filters.search}
          onInput={(event) => onChange({ ...filters, search: event.currentTarget.value })}
        />
      </label>
      {filter(
        'role',
        roleOrder
          .filter((role) => all.some((entity) => entity.role === role))
          .map((role) => [role, roles[role]]),
      )}
      {filter(
        'area',
        areas.map((area) => [area, area === noArea ? t.noArea : area]),
      )}
      {filter('tracked', [
        ['yes', t.yes],
        ['no', t.no],
      ])}
      {filter(
        'foundBy',
        foundBy
          .filter((way) => all.some((entity) => entity.found_by === way))
          .map((way) => [way, settings.foundBy[way]]),
      )}
    </search>
  );
}
