/** The grid connections: the home's own, and others by their registers. */

import { mdiDeleteOutline, mdiPlus, mdiTransmissionTower } from '@mdi/js';
import { useEffect, useState } from 'preact/hooks';
import type { GridConnectionRow } from '../../../src/schemas/grid-connections.ts';
import { api } from '../../api.ts';
import { type Action, ActionOutcome, useAction } from '../../components/action.tsx';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Waiting } from '../../components/states.tsx';
import { connections } from '../../state/connections.ts';
import { entities } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ConnectionFields } from './connection-fields.tsx';

function Connection({ row, action }: { row: GridConnectionRow; action: Action }) {
  const t = texts().connections;
  const nameOf = (id: string) => entities.data?.find(({ entity_id: one }) => one === id)?.friendly_name ?? id;
  const named = [...row.offtake, ...row.injection, row.power, row.meter_peak].filter((id) => id !== null);
  const restore = () =>
    void action.run(async () => {
      const { id, offtake, injection, power, meter_peak } = row;
      await api.addConnection({ id, name: row.name ?? id, offtake, injection, power, meter_peak });
      return { text: t.added(row.name ?? id) };
    });
  const remove = () =>
    void action.run(async () => {
      await api.removeConnection(row.id);
      return { text: t.removed(row.name ?? row.id), undo: restore };
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
          <IconButton
            label={t.removeOf(row.name ?? row.id)}
            title={t.remove}
            icon={mdiDeleteOutline}
            disabled={!action.mayChange || action.isBusy}
            onClick={remove}
          />
        )}
      </div>
    </li>
  );
}

export function ConnectionsCard({ mayChange }: { mayChange: boolean }) {
  const t = texts().connections;
  const [isAdding, setAdding] = useState(false);
  const action = useAction({ mayChange, onChanged: () => connections.refresh() });
  useEffect(() => void connections.refresh(), []);
  const { data } = connections.state.value;
  const isFull = data !== null && data.connections.length > data.limit;
  return (
    <Card
      id="connections"
      title={t.title}
      tools={
        !isAdding && (
          <button
            type="button"
            class="button"
            disabled={!mayChange || isFull || data === null}
            onClick={() => setAdding(true)}
          >
            <Icon path={mdiPlus} />
            {t.add}
          </button>
        )
      }
      data-connections
    >
      <ActionOutcome action={action} undo={t.undo} />
      {data === null ? (
        <Waiting resource={connections} height={80} />
      ) : (
        <ul>
          {data.connections.map((row) => (
            <Connection key={row.id} row={row} action={action} />
          ))}
        </ul>
      )}
      {isAdding ? (
        <ConnectionFields action={action} onDone={() => setAdding(false)} />
      ) : (
        <p class="note quiet">
          <Icon path={mdiTransmissionTower} />
          {t.what}
        </p>
      )}
    </Card>
  );
}
