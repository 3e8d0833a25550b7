/** All energy entities, with search and filters. Ticks are collected and saved together. */

import { mdiMagnifyScan, mdiTrayRemove } from '@mdi/js';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../../api.ts';
import { type Action, failureText, useAction } from '../../components/action.tsx';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { Empty, Waiting } from '../../components/states.tsx';
import { formatCount } from '../../format/numbers.ts';
import { entities, type ListedEntity, locale, now, settings, status } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { listed } from '../readings/readings-page.tsx';
import { EntityFilters } from './entity-filters.tsx';
import { EntityList } from './entity-list.tsx';
import {
  type Filters,
  filtered,
  noFilters,
  pending,
  stillPending,
  wanted,
  withSwitches,
  withTicks,
} from './tracking.ts';

/** The same limit as in the API. */
const maxTracked = 500;

function count(value: number): string {
  return formatCount(value, locale.value.language);
}

/** Drops pending ticks that the saved state already has. */
function usePending(all: readonly ListedEntity[] | null): void {
  useEffect(() => {
    if (all !== null && pending.peek().size > 0) pending.value = stillPending(pending.peek(), all);
  }, [all]);
}

type Work = 'saving' | 'discovering';

/** Saving and discovering, one at a time. */
function useEntityActions(all: readonly ListedEntity[]) {
  const t = texts().settings.entities;
  const action = useAction();
  const [work, setWork] = useState<Work>('saving');
  const save = () => {
    const ids = wanted(all, pending.peek());
    if (ids.length > maxTracked) return action.refuse(t.tooMany(count(maxTracked)));
    setWork('saving');
    void action.run(
      async () => {
        const saved = await api.track(ids);
        const tracked = new Set(saved.entity_ids);
        // Shows the answer at once, before the refresh.
        entities.set(all.map((entity) => ({ ...entity, is_tracked: tracked.has(entity.entity_id) })));
        pending.value = new Map();
        void Promise.all([entities.refresh(), now.refresh(), status.refresh(), settings.refresh()]);
        return { text: t.saved(count(saved.count)) };
      },
      (problem, words) => `${t.failed} ${failureText(problem, words)}`,
    );
  };
  const discover = () => {
    setWork('discovering');
    void action.run(async () => {
      const found = await api.discover();
      await entities.refresh();
      return { text: t.discovered(count(found.discovered)) };
    });
  };
  return { action, busyWith: action.isBusy ? work : null, save, discover };
}

export function EntitiesCard({ mayChange }: { mayChange: boolean }) {
  const t = texts().settings.entities;
  const { data } = entities.state.value;
  usePending(data);
  const all = useMemo(() => (data === null ? [] : listed(data)), [data]);
  const { action, busyWith, save, discover } = useEntityActions(all);
  return (
    <Card
      id="entities"
      title={t.title}
      tools={
        <button type="button" class="button" disabled={!mayChange || busyWith !== null} onClick={discover}>
          <Icon path={mdiMagnifyScan} />
          {busyWith === 'discovering' ? t.discovering : t.discover}
        </button>
      }
      class="entities"
    >
      {data === null && settings.data?.settings.source !== 'none' ? (
        <Waiting resource={entities} height={320} />
      ) : all.length === 0 ? (
        <Empty icon={mdiTrayRemove} title={t.empty}>
          {t.emptyWhat}
        </Empty>
      ) : (
        <FilteredEntities
          all={all}
          mayChange={mayChange}
          isSaving={busyWith === 'saving'}
          onTick={() => action.clear()}
        />
      )}
      <Notice action={action} />
      <PendingBar mayChange={mayChange} busyWith={busyWith} onSave={save} />
    </Card>
  );
}

interface FilteredEntitiesProps {
  readonly all: readonly ListedEntity[];
  readonly mayChange: boolean;
  readonly isSaving: boolean;
  readonly onTick: () => void;
}

/** Filters, and the list of what they leave. */
function FilteredEntities({ all, mayChange, isSaving, onTick }: FilteredEntitiesProps) {
  const t = texts().settings.entities;
  const [filters, setFilters] = useState<Filters>(noFilters);
  const shown = useMemo(() => filtered(all, filters), [all, filters]);
  const isRemembered = all.every((entity) => entity.state === null && entity.last_updated === null);
  const tick = (ticked: readonly ListedEntity[], isTracked: boolean) => {
    pending.value = withTicks(pending.peek(), ticked, isTracked);
  };
  const tickAll = (isTracked: boolean, label: string) => (
    <button
      type="button"
      class="button"
      disabled={!mayChange || shown.length === 0}
      onClick={() => tick(shown, isTracked)}
    >
      {label}
    </button>
  );
  return (
    <>
      <EntityFilters all={all} filters={filters} onChange={setFilters} />
      {isRemembered && <p class="quiet">{t.remembered}</p>}
      <div class="row entities-tools">
        <span class="quiet" aria-live="polite">
          {t.shown(count(shown.length), count(all.length))}
        </span>
        {tickAll(true, t.selectAll)}
        {tickAll(false, t.selectNone)}
      </div>
      {shown.length === 0 ? (
        <div class="row">
          <p class="quiet">{t.noMatch}</p>
          <button type="button" class="button" onClick={() => setFilters(noFilters)}>
            {t.reset}
          </button>
        </div>
      ) : (
        <EntityList
          entities={shown}
          changes={pending.value}
          mayChange={mayChange && !isSaving}
          onTick={(entity, isTracked) => {
            tick(withSwitches([entity], all), isTracked);
            onTick();
          }}
        />
      )}
    </>
  );
}

function Notice({ action: { outcome } }: { action: Action }) {
  return (
    <div role="status" class="entities-notice">
      {outcome !== null && (
        <p class={`note ${outcome.isGood === false ? 'is-error' : 'is-success'}`}>{outcome.text}</p>
      )}
    </div>
  );
}

/** What is ticked and not saved yet, with the buttons to save or drop it. */
function PendingBar(props: { mayChange: boolean; busyWith: Work | null; onSave: () => void }) {
  const { mayChange, busyWith, onSave } = props;
  const t = texts().settings.entities;
  const changes = pending.value;
  if (changes.size === 0) return null;
  const added = [...changes.values()].filter(Boolean).length;
  return (
    <div class="pending" data-pending={changes.size}>
      <span role="status">{t.pending(count(added), count(changes.size - added))}</span>
      <button
        type="button"
        class="button"
        disabled={busyWith !== null}
        onClick={() => {
          pending.value = new Map();
        }}
      >
        {t.undo}
      </button>
      <button
        type="button"
        class="button is-main"
        disabled={!mayChange || busyWith !== null}
        onClick={onSave}
      >
        {busyWith === 'saving' ? t.saving : t.save}
      </button>
    </div>
  );
}
