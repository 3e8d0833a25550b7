/** Selects the grid connection whose peaks are shown. Hidden in homes with only one. */
import { connections, shownConnection } from '../../state/connections.ts';
import { navigate } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';

export function ConnectionChoice() {
  const t = texts().connections;
  const known = connections.data?.connections ?? [];
  if (known.length < 2) return null;
  return (
    <label class="connection-choice">
      <span class="quiet">{t.choice}</span>
      <select
        class="input"
        value={shownConnection.value ?? 'home'}
        onChange={({ currentTarget: { value } }) =>
          navigate({ connectionId: value === 'home' ? null : value })
        }
      >
        {known.map(({ id, name }) => (
          <option key={id} value={id}>
            {name ?? t.home}
          </option>
        ))}
      </select>
    </label>
  );
}
