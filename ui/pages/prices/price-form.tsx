/** A new price: typed, previewed, then saved. */
import { useState } from 'preact/hooks';
import type { NewCostVersion, Recalculation } from '../../../src/schemas/cost-versions.ts';
import { api } from '../../api.ts';
import type { Action } from '../../components/action.tsx';
import { onSubmit, SelectField, TextField } from '../../components/fields.tsx';
import { dateAt } from '../../period/period.ts';
import { entities, locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ChangeQuestion } from './change-question.tsx';
import { parseDay, parsePrice, priceText } from './words.ts';

/** The fields as they are typed. */
interface Fields {
  readonly area: string;
  readonly price: string;
  readonly day: string;
  readonly notes: string;
}

/** A price and its effect on past costs. */
interface Previewed {
  readonly version: NewCostVersion;
  readonly change: Recalculation;
}

function today(): string {
  return dateAt(nowMs.peek(), locale.value.zone).toString();
}

export function PriceForm({ action, currency }: { action: Action; currency: string | null }) {
  const t = texts().prices;
  const { language, zone } = locale.value;
  const [fields, setFields] = useState<Fields>(() => ({ area: '', price: '', day: today(), notes: '' }));
  const [previewed, setPreviewed] = useState<Previewed | null>(null);

  const preview = () => {
    const { area, price, day, notes } = fields;
    const perKwh = parsePrice(price);
    const from = parseDay(day, zone);
    if (perKwh === null) return action.refuse(t.form.wrongPrice);
    if (from === null) return action.refuse(t.form.wrongDate);
    const version: NewCostVersion = {
      ...{ cost_per_kwh: perKwh, effective_from: from, notes: notes.trim() },
      ...(area === '' ? {} : { area }),
    };
    void action.run(async () => {
      setPreviewed({ version, change: await api.previewPrice(version) });
      return null;
    });
  };
  if (previewed === null)
    return (
      <PriceFields
        fields={fields}
        currency={currency}
        action={action}
        onFields={setFields}
        onPreview={preview}
      />
    );
  const { version, change } = previewed;
  const price = priceText(version.cost_per_kwh, currency, language);
  const save = () =>
    void action.run(async () => {
      await api.addPrice(version);
      setPreviewed(null);
      setFields({ ...fields, price: '', notes: '' });
      return { text: t.added(price) };
    });
  return (
    <ChangeQuestion
      title={t.change.addTitle(price)}
      change={change}
      currency={currency}
      act={t.save}
      isBusy={action.isBusy}
      onAct={save}
      onCancel={() => setPreviewed(null)}
    />
  );
}

interface PriceFieldsProps {
  readonly fields: Fields;
  readonly currency: string | null;
  readonly action: Action;
  readonly onFields: (fields: Fields) => void;
  readonly onPreview: () => void;
}

function PriceFields({ fields, currency, action, onFields, onPreview }: PriceFieldsProps) {
  const t = texts().prices;
  const areas = [...new Set((entities.state.value.data ?? []).flatMap((entity) => entity.area ?? []))].sort();
  const isLocked = !action.mayChange || action.isBusy;
  return (
    <form class="form" data-price-form onSubmit={onSubmit(onPreview)}>
      <SelectField
        label={t.form.area}
        name="area"
        value={fields.area}
        none={t.home}
        options={areas.map((area) => [area, area])}
        disabled={isLocked}
        onPick={(area) => onFields({ ...fields, area })}
      />
      <TextField
        label={t.form.price(currency ?? '¤')}
        name="price"
        inputMode="decimal"
        autocomplete="off"
        required
        value={fields.price}
        disabled={isLocked}
        onText={(price) => onFields({ ...fields, price })}
      />
      <div class="field">
        <label for="price-from">{t.form.from}</label>
        <input
          class="input"
          id="price-from"
          name="from"
          type="date"
          min="2000-01-01"
          required
          value={fields.day}
          disabled={isLocked}
          aria-describedby="price-from-hint"
          onInput={(event) => onFields({ ...fields, day: event.currentTarget.value })}
        />
        <small id="price-from-hint" class="quiet">
          {t.form.fromHint}
        </small>
      </div>
      <TextField
        label={t.form.notes}
        name="notes"
        maxLength={1000}
        value={fields.notes}
        disabled={isLocked}
        onText={(notes) => onFields({ ...fields, notes })}
      />
      <button type="submit" class="button is-main" disabled={isLocked}>
        {action.isBusy ? t.working : t.form.preview}
      </button>
    </form>
  );
}
