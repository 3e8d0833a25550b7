/** The connections to the grid: the home's own, and others by their registers. */
import { mdiDeleteOutline, mdiPlus, mdiTransmissionTower } from '@mdi/js';
import { useEffect, useState } from 'preact/hooks';
import type { GridConnectionRow } from '../../../src/schemas/grid-connections.ts';
import { api } from '../../api.ts';
import { type Desk, DeskOutcome, useDesk } from '../../components/desk.tsx';
import { Icon } from '../../components/icon.tsx';
import { Problem, Skeleton } from '../../components/states.tsx';
import { connections } from '../../state/connections.ts';
import { entities } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ConnectionFields } from './connection-fields.tsx';

function Connection({ row, desk }: { row: GridConnectionRow; desk: Desk }) {
  const t = texts().connections;
  const nameOf = (id: string) => entities.data?.find(({ entity_id: one }) => one === id)?.friendly_name ?? id;
  const named = [...row.offtake, ...row.injection, row.power, row.meter_peak].filter((id) => id !== null);
  const again = () =>
    void desk.attempt(async () => {
      const { id, offtake, injection, power, meter_peak } = row;
      await api.addConnection({ id, name: row.name ?? id, offtake, injection, power, meter_peak });
      return { text: t.added(row.name ?? id) };
    });
  const remove = () =>
    void desk.attempt(async () => {
      await api.removeConnection(row.id);
      return { text: t.removed(row.name ?? row.id), undo: again };
    });
  return (
    <li class="listed" data-connection={row.id}>
      <div class="listed-line">
        <span class="listed-what">
          <strong>{row.name ?? t.home}</strong> <span class="listed-state">{row.id}</span>
          <small class="quiet">{named.length === 0 ? t.none : named.map(nameOf).join(' · ')}</small>
          {row.untracked.length > 0 && (
            <small class="is-error">{t.untracked(row.untracked.map(nameOf).join(', '))}</small>
          )}
        </span>
        {!row.is_home && (
          <button
            type="button"
            class="icon-button"
            aria-label={t.removeOf(row.name ?? row.id)}
            title={t.remove}
            disabled={!desk.mayChange || desk.isBusy}
            onClick={remove}
          >
            <Icon path={mdiDeleteOutline} />
          </button>
        )}
      </div>
    </li>
  );
}

export function ConnectionsCard({ mayChange }: { mayChange: boolean }) {
  const t = texts().connections;
  const [isAdding, setAdding] = useState(false);
  const desk = useDesk(mayChange, () => connections.refresh());
  useEffect(() => void connections.refresh(), []);
  const { data, problem } = connections.state.value;
  const isFull = data !== null && data.connections.length > data.limit;
  return (
    <section class="card" aria-labelledby="connections-title" data-connections>
      <header>
        <h2 id="connections-title">{t.title}</h2>
        {!isAdding && (
          <button
            type="button"
            class="button"
            disabled={!mayChange || isFull || data === null}
            onClick={() => setAdding(true)}
          >
            <Icon path={mdiPlus} />
            {t.add}
          </button>
        )}
      </header>
      <DeskOutcome desk={desk} undo={t.undo} />
      {data === null ? (
        problem === null ? (
          <Skeleton height={80} />
        ) : (
          <Problem problem={problem} onRetry={() => void connections.refresh()} />
        )
      ) : (
        <ul>
          {data.connections.map((row) => (
            <Connection key={row.id} row={row} desk={desk} />
          ))}
        </ul>
      )}
      {isAdding ? (
        <ConnectionFields desk={desk} onDone={() => setAdding(false)} />
      ) : (
        <p class="note quiet">
          <Icon path={mdiTransmissionTower} />
          {t.what}
        </p>
      )}
    </section>
  );
}
