/** All energy entities, with search and filters; ticks are gathered and saved in one step. */
import { mdiMagnifyScan, mdiTrayRemove } from '@mdi/js';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ApiProblem, api } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { Empty, Problem, problemWords, Skeleton } from '../../components/states.tsx';
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

/** As the contract has it; the API says so too. */
const maxTracked = 500;

interface Notice {
  readonly isGood: boolean;
  readonly text: string;
}

function usePending(all: readonly ListedEntity[] | null): void {
  useEffect(() => {
    if (all !== null && pending.peek().size > 0) pending.value = stillPending(pending.peek(), all);
  }, [all]);
}

export function EntitiesCard({ mayChange }: { mayChange: boolean }) {
  const whole = texts();
  const t = whole.settings.entities;
  const { data, problem } = entities.state.value;
  const [filters, setFilters] = useState<Filters>(noFilters);
  const [isBusy, setBusy] = useState<'saving' | 'discovering' | null>(null);
  const [notice, setNotice] = useState<Notice | null>(null);
  usePending(data);
  const all = useMemo(() => (data === null ? [] : listed(data)), [data]);
  const shown = useMemo(() => filtered(all, filters), [all, filters]);
  const changes = pending.value;
  const { language } = locale.value;
  const count = (value: number) => formatCount(value, language);

  const act = async (what: 'saving' | 'discovering', work: () => Promise<Notice>) => {
    setBusy(what);
    setNotice(null);
    try {
      setNotice(await work());
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      const { title } = problemWords(error, whole);
      const why = error.message === '' ? title : error.message;
      setNotice({ isGood: false, text: what === 'saving' ? `${t.failed} ${why}` : why });
    } finally {
      setBusy(null);
    }
  };
  const save = () => {
    const ids = wanted(all, changes);
    if (ids.length > maxTracked) {
      setNotice({ isGood: false, text: t.tooMany(count(maxTracked)) });
      return;
    }
    void act('saving', async () => {
      const saved = await api.track(ids);
      const tracked = new Set(saved.entity_ids);
      // At once what was answered; the rest comes with the refresh.
      entities.set(all.map((entity) => ({ ...entity, is_tracked: tracked.has(entity.entity_id) })));
      pending.value = new Map();
      void Promise.all([entities.refresh(), now.refresh(), status.refresh(), settings.refresh()]);
      return { isGood: true, text: t.saved(count(saved.count)) };
    });
  };
  const discover = () =>
    void act('discovering', async () => {
      const found = await api.discover();
      await entities.refresh();
      return { isGood: true, text: t.discovered(count(found.discovered)) };
    });

  const added = [...changes.values()].filter(Boolean).length;
  const isRemembered =
    all.length > 0 && all.every((entity) => entity.state === null && entity.last_updated === null);
  return (
    <section class="card entities" aria-labelledby="entities-title">
      <header>
        <h2 id="entities-title">{t.title}</h2>
        <button type="button" class="button" disabled={!mayChange || isBusy !== null} onClick={discover}>
          <Icon path={mdiMagnifyScan} />
          {isBusy === 'discovering' ? t.discovering : t.discover}
        </button>
      </header>
      {data === null && settings.data?.settings.source !== 'none' ? (
        problem === null ? (
          <Skeleton height={320} />
        ) : (
          <Problem problem={problem} onRetry={() => void entities.refresh()} />
        )
      ) : all.length === 0 ? (
        <Empty icon={mdiTrayRemove} title={t.empty}>
          {t.emptyWhat}
        </Empty>
      ) : (
        <>
          <EntityFilters all={all} filters={filters} onChange={setFilters} />
          {isRemembered && <p class="quiet">{t.remembered}</p>}
          <div class="row entities-tools">
            <span class="quiet" aria-live="polite">
              {t.shown(count(shown.length), count(all.length))}
            </span>
            <button
              type="button"
              class="button"
              disabled={!mayChange || shown.length === 0}
              onClick={() => {
                pending.value = withTicks(changes, shown, true);
              }}
            >
              {t.selectAll}
            </button>
            <button
              type="button"
              class="button"
              disabled={!mayChange || shown.length === 0}
              onClick={() => {
                pending.value = withTicks(changes, shown, false);
              }}
            >
              {t.selectNone}
            </button>
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
              changes={changes}
              mayChange={mayChange && isBusy !== 'saving'}
              onTick={(entity, isTracked) => {
                pending.value = withTicks(pending.peek(), withSwitches([entity], all), isTracked);
                setNotice(null);
              }}
            />
          )}
        </>
      )}
      <div role="status" class="entities-notice">
        {notice !== null && <p class={`note ${notice.isGood ? 'is-success' : 'is-error'}`}>{notice.text}</p>}
      </div>
      {changes.size > 0 && (
        <div class="pending" data-pending={changes.size}>
          <span role="status">{t.pending(count(added), count(changes.size - added))}</span>
          <button
            type="button"
            class="button"
            disabled={isBusy !== null}
            onClick={() => {
              pending.value = new Map();
            }}
          >
            {t.undo}
          </button>
          <button
            type="button"
            class="button is-main"
            disabled={!mayChange || isBusy !== null}
            onClick={save}
          >
            {isBusy === 'saving' ? t.saving : t.save}
          </button>
        </div>
      )}
    </section>
  );
}
