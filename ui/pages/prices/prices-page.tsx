/** What a kilowatt-hour costs since when, for the whole home and for areas: added and taken back with a look first. */
import { mdiCash, mdiLockOutline } from '@mdi/js';
import { useEffect } from 'preact/hooks';
import type { CostVersionList } from '../../../src/schemas/analytics.ts';
import { api } from '../../api.ts';
import { type Desk, DeskOutcome, useDesk } from '../../components/desk.tsx';
import { Icon } from '../../components/icon.tsx';
import { Empty, Problem, Skeleton, StaleNote } from '../../components/states.tsx';
import { useFollowed } from '../../state/followed.ts';
import { entities, locale, nowMs, settings } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { PriceForm } from './price-form.tsx';
import { PriceRow } from './price-row.tsx';
import { byArea, sentenceOf } from './words.ts';

function PriceList({ list, desk }: { list: CostVersionList; desk: Desk }) {
  const t = texts().prices;
  return (
    <section class="card" aria-labelledby="prices-title">
      <header>
        <h2 id="prices-title">{t.title}</h2>
      </header>
      {list.cost_versions.length === 0 ? (
        <Empty icon={mdiCash} title={t.empty}>
          {t.emptyWhat}
        </Empty>
      ) : (
        byArea(list.cost_versions, locale.value.language).map(([area, versions]) => (
          <div key={area ?? ''} class="price-area">
            <h3>{area ?? t.home}</h3>
            <ul>
              {versions.map((version) => (
                <PriceRow key={version.id} version={version} currency={list.currency} desk={desk} />
              ))}
            </ul>
          </div>
        ))
      )}
    </section>
  );
}

export function PricesPage() {
  const all = texts();
  const t = all.prices;
  const resource = useFollowed<CostVersionList>('prices', (signal) => api.prices(signal));
  useEffect(() => {
    void Promise.all([settings.refresh(), entities.refresh()]);
  }, []);
  const { data, problem } = resource.state.value;
  const loaded = settings.state.value.data;
  const mayChange = loaded?.settings.may_change === true;
  const desk = useDesk(mayChange, () => resource.refresh());
  if (data === null || loaded === null)
    return problem === null ? (
      <div class="stack">
        <Skeleton height={44} />
        <Skeleton height={360} />
      </div>
    ) : (
      <section class="card">
        <Problem problem={problem} onRetry={() => void resource.refresh()} />
      </section>
    );
  const { currency } = data;
  return (
    <>
      <div class="answer">
        <h1>{sentenceOf(data.cost_versions, currency, nowMs.value, t, locale.value)}</h1>
        {!mayChange && (
          <p class="note" data-read-only>
            <Icon path={mdiLockOutline} />
            {all.settings.readOnly}
          </p>
        )}
      </div>
      <StaleNote problem={problem} />
      <DeskOutcome desk={desk} undo={t.undo} />
      <div class="settings-grid">
        <PriceList list={data} desk={desk} />
        <section class="card" aria-labelledby="price-form-title">
          <header>
            <h2 id="price-form-title">{t.form.title}</h2>
          </header>
          <PriceForm desk={desk} currency={currency} />
        </section>
      </div>
    </>
  );
}
