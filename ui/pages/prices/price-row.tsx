/** One price: its period, its notes, and its removal. */
import { mdiDeleteOutline, mdiPencilOutline } from '@mdi/js';
import { useState } from 'preact/hooks';
import type { CostVersionRow, Recalculation } from '../../../src/schemas/cost-versions.ts';
import { api } from '../../api.ts';
import type { Action } from '../../components/action.tsx';
import { onSubmit } from '../../components/fields.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ChangeQuestion } from './change-question.tsx';
import { dayText, priceText, stateOf } from './words.ts';

interface PriceRowProps {
  readonly version: CostVersionRow;
  readonly currency: string | null;
  readonly action: Action;
}

/** What can be done with a price. */
function usePriceActions({ version, action }: PriceRowProps, price: string) {
  const t = texts().prices;
  /** The effect of the removal; null before it is asked for. */
  const [change, setChange] = useState<Recalculation | null>(null);
  const restore = () =>
    void action.run(async () => {
      const { cost_per_kwh, effective_from, area, notes } = version;
      await api.addPrice({ cost_per_kwh, effective_from, notes, ...(area === null ? {} : { area }) });
      return { text: t.added(price) };
    });
  return {
    change,
    cancel: () => setChange(null),
    preview: () =>
      void action.run(async () => {
        setChange(await api.deletePrice(version.id, true));
        return null;
      }),
    remove: () =>
      void action.run(async () => {
        await api.deletePrice(version.id, false);
        return { text: t.removed(price), undo: restore };
      }),
  };
}

export function PriceRow(props: PriceRowProps) {
  const { version, currency, action } = props;
  const t = texts().prices;
  const [isEditing, setEditing] = useState(false);
  const price = priceText(version.cost_per_kwh, currency, locale.value.language);
  const from = dayText(version.effective_from, locale.value);
  const state = stateOf(version, nowMs.value);
  const isLocked = !action.mayChange || action.isBusy;
  const { change, cancel, preview, remove } = usePriceActions(props, price);
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
        <IconButton
          label={t.noteOf(price, from)}
          title={t.note}
          icon={mdiPencilOutline}
          disabled={isLocked}
          isExpanded={isEditing}
          onClick={() => setEditing(!isEditing)}
        />
        <IconButton
          label={t.removeOf(price, from)}
          title={t.remove}
          icon={mdiDeleteOutline}
          disabled={isLocked}
          onClick={preview}
        />
      </div>
      {isEditing && (
        <NotesForm
          version={version}
          label={t.noteOf(price, from)}
          action={action}
          onSaved={() => setEditing(false)}
        />
      )}
      {change !== null && (
        <ChangeQuestion
          title={t.change.removeTitle(price)}
          change={change}
          currency={currency}
          act={t.remove}
          isBusy={action.isBusy}
          onAct={remove}
          onCancel={cancel}
        />
      )}
    </li>
  );
}

interface NotesFormProps {
  readonly version: CostVersionRow;
  readonly label: string;
  readonly action: Action;
  readonly onSaved: () => void;
}

function NotesForm({ version, label, action, onSaved }: NotesFormProps) {
  const t = texts().prices;
  const [notes, setNotes] = useState(version.notes);
  const isLocked = !action.mayChange || action.isBusy;
  const save = async () => {
    await api.savePriceNotes(version.id, notes.trim());
    onSaved();
    return { text: t.noted };
  };
  return (
    <form class="row price-notes" onSubmit={onSubmit(() => void action.run(save))}>
      <input
        class="input"
        aria-label={label}
        maxLength={1000}
        value={notes}
        disabled={isLocked}
        onInput={(event) => setNotes(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={isLocked}>
        {t.saveNote}
      </button>
    </form>
  );
}
