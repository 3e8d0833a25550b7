/** One price: since when, until when, its notes, and taking it back. */
import { mdiDeleteOutline, mdiPencilOutline } from '@mdi/js';
import { useState } from 'preact/hooks';
import type { CostVersionRow, Recalculation } from '../../../src/schemas/analytics.ts';
import { api } from '../../api.ts';
import type { Desk } from '../../components/desk.tsx';
import { Icon } from '../../components/icon.tsx';
import { locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ChangeQuestion } from './change-question.tsx';
import { dayText, priceText, stateOf } from './words.ts';

export function PriceRow({
  version,
  currency,
  desk,
}: {
  version: CostVersionRow;
  currency: string | null;
  desk: Desk;
}) {
  const t = texts().prices;
  const [change, setChange] = useState<Recalculation | null>(null);
  const [notes, setNotes] = useState<string | null>(null);
  const price = priceText(version.cost_per_kwh, currency, locale.value.language);
  const from = dayText(version.effective_from, locale.value);
  const state = stateOf(version, nowMs.value);
  const isLocked = !desk.mayChange || desk.isBusy;

  const again = () =>
    void desk.attempt(async () => {
      const { cost_per_kwh, effective_from, area, notes: own } = version;
      await api.addPrice({ cost_per_kwh, effective_from, notes: own, ...(area === null ? {} : { area }) });
      return { text: t.added(price) };
    });
  const preview = () =>
    void desk.attempt(async () => {
      setChange(await api.deletePrice(version.id, true));
      return null;
    });
  const remove = () =>
    void desk.attempt(async () => {
      await api.deletePrice(version.id, false);
      return { text: t.removed(price), undo: again };
    });
  const saveNotes = () =>
    void desk.attempt(async () => {
      await api.notePrice(version.id, (notes ?? '').trim());
      setNotes(null);
      return { text: t.noted };
    });
  return (
    <li class="listed price" data-price={version.id} data-state={state}>
      <div class="listed-line">
        <span class="listed-what">
          <strong>{t.perKwh(price)}</strong> <span class="listed-state">{t[state]}</span>
          <small class="quiet">
            {version.effective_until === null
              ? t.from(from)
              : t.span(from, dayText(version.effective_until, locale.value))}
            {version.notes !== '' && ` · ${version.notes}`}
          </small>
        </span>
        <button
          type="button"
          class="icon-button"
          aria-label={t.noteOf(price, from)}
          title={t.note}
          disabled={isLocked}
          aria-expanded={notes !== null}
          onClick={() => setNotes(notes === null ? version.notes : null)}
        >
          <Icon path={mdiPencilOutline} />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={t.removeOf(price, from)}
          title={t.remove}
          disabled={isLocked}
          onClick={preview}
        >
          <Icon path={mdiDeleteOutline} />
        </button>
      </div>
      {notes !== null && (
        <form
          class="row price-notes"
          onSubmit={(event) => {
            event.preventDefault();
            saveNotes();
          }}
        >
          <input
            class="input"
            aria-label={t.noteOf(price, from)}
            maxLength={1000}
            value={notes}
            disabled={isLocked}
            onInput={(event) => setNotes(event.currentTarget.value)}
          />
          <button type="submit" class="button" disabled={isLocked}>
            {t.saveNote}
          </button>
        </form>
      )}
      {change !== null && (
        <ChangeQuestion
          title={t.change.removeTitle(price)}
          change={change}
          currency={currency}
          act={t.remove}
          isBusy={desk.isBusy}
          onAct={remove}
          onCancel={() => setChange(null)}
        />
      )}
    </li>
  );
}
