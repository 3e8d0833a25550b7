/** Of which grid connection the peaks are; nothing to choose in a home that has named none. */
import { connections, shownConnection } from '../../state/connections.ts';
import { go } from '../../state/place.ts';
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
        onChange={({ currentTarget: { value } }) => go({ connectionId: value === 'home' ? null : value })}
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
