/** The prices of the home and its areas over time. A change is previewed before it is made. */

import { mdiCash } from '@mdi/js';
import { useEffect } from 'preact/hooks';
import type { CostVersionList } from '../../../src/schemas/cost-versions.ts';
import { api } from '../../api.ts';
import { type Action, ActionOutcome, useAction } from '../../components/action.tsx';
import { Card } from '../../components/card.tsx';
import { Empty, ReadOnlyNote, StaleNote, WaitingPage } from '../../components/states.tsx';
import { useFollowed } from '../../state/followed.ts';
import { entities, locale, nowMs, settings } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { PriceForm } from './price-form.tsx';
import { PriceRow } from './price-row.tsx';
import { byArea, sentenceOf } from './words.ts';

function PriceList({ list, action }: { list: CostVersionList; action: Action }) {
  const t = texts().prices;
  return (
    <Card id="prices" title={t.title}>
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
                <PriceRow key={version.id} version={version} currency={list.currency} action={action} />
              ))}
            </ul>
          </div>
        ))
      )}
    </Card>
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
  const action = useAction({ mayChange, onChanged: () => resource.refresh() });
  if (data === null || loaded === null)
    return <WaitingPage heights={[44, 360]} problem={problem} onRetry={() => void resource.refresh()} />;
  const { currency } = data;
  return (
    <>
      <div class="answer">
        <h1>{sentenceOf(data.cost_versions, currency, nowMs.value, t, locale.value)}</h1>
        {!mayChange && <ReadOnlyNote text={all.settings.readOnly} />}
      </div>
      <StaleNote problem={problem} />
      <ActionOutcome action={action} undo={t.undo} />
      <div class="settings-grid">
        <PriceList list={data} action={action} />
        <Card id="price-form" title={t.form.title}>
          <PriceForm action={action} currency={currency} />
        </Card>
      </div>
    </>
  );
}
