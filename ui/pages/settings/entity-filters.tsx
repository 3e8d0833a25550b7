import { roleOrder } from '../../components/role-look.ts';
import type { ListedEntity } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { type Filters, noArea } from './tracking.ts';

const foundBy = ['preferences', 'device_class', 'unit', 'words', 'device'] as const;

/** Search and four filters; a filter offers only what there is. */
export function EntityFilters({
  all,
  filters,
  onChange,
}: {
  all: readonly ListedEntity[];
  filters: Filters;
  onChange: (filters: Filters) => void;
}) {
  const { settings, roles } = texts();
  const t = settings.entities;
  const areas = [...new Set(all.map((entity) => entity.area ?? noArea))].sort();
  const select = <Name extends 'role' | 'area' | 'tracked' | 'foundBy'>(
    name: Name,
    label: string,
    options: readonly (readonly [Filters[Name], string])[],
  ) => (
    <label class="field">
      <span>{label}</span>
      <select
        class="input"
        value={filters[name]}
        onChange={(event) => onChange({ ...filters, [name]: event.currentTarget.value })}
      >
        <option value="">{t.any}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
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
      {select(
        'role',
        t.role,
        roleOrder
          .filter((role) => all.some((entity) => entity.role === role))
          .map((role) => [role, roles[role]]),
      )}
      {select(
        'area',
        t.area,
        areas.map((area) => [area, area === noArea ? t.noArea : area]),
      )}
      {select('tracked', t.tracked, [
        ['yes', t.yes],
        ['no', t.no],
      ])}
      {select(
        'foundBy',
        t.foundBy,
        foundBy
          .filter((way) => all.some((entity) => entity.found_by === way))
          .map((way) => [way, settings.foundBy[way]]),
      )}
    </search>
  );
}
