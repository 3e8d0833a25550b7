/** A new price: typed, looked at, then saved. */
import { useState } from 'preact/hooks';
import type { NewCostVersion, Recalculation } from '../../../src/schemas/analytics.ts';
import { api } from '../../api.ts';
import type { Desk } from '../../components/desk.tsx';
import { entities, locale, nowMs } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { ChangeQuestion } from './change-question.tsx';
import { priceText, readDay, readPrice } from './words.ts';

export function PriceForm({ desk, currency }: { desk: Desk; currency: string | null }) {
  const t = texts().prices;
  const { language, zone } = locale.value;
  const [area, setArea] = useState('');
  const [price, setPrice] = useState('');
  const [day, setDay] = useState(() =>
    Temporal.Instant.fromEpochMilliseconds(nowMs.peek()).toZonedDateTimeISO(zone).toPlainDate().toString(),
  );
  const [notes, setNotes] = useState('');
  const [asked, setAsked] = useState<{ version: NewCostVersion; change: Recalculation } | null>(null);
  const areas = [...new Set((entities.state.value.data ?? []).flatMap((entity) => entity.area ?? []))].sort();
  const isLocked = !desk.mayChange || desk.isBusy;

  const preview = () => {
    const perKwh = readPrice(price);
    const from = readDay(day, zone);
    if (perKwh === null) return desk.refuse(t.form.wrongPrice);
    if (from === null) return desk.refuse(t.form.wrongDate);
    const version: NewCostVersion = {
      ...{ cost_per_kwh: perKwh, effective_from: from, notes: notes.trim() },
      ...(area === '' ? {} : { area }),
    };
    void desk.attempt(async () => {
      setAsked({ version, change: await api.previewPrice(version) });
      return null;
    });
  };
  const save = () => {
    if (asked === null) return;
    const { version } = asked;
    void desk.attempt(async () => {
      await api.addPrice(version);
      setAsked(null);
      setPrice('');
      setNotes('');
      return { text: t.added(priceText(version.cost_per_kwh, currency, language)) };
    });
  };

  if (asked !== null)
    return (
      <ChangeQuestion
        title={t.change.addTitle(priceText(asked.version.cost_per_kwh, currency, language))}
        change={asked.change}
        currency={currency}
        act={t.save}
        isBusy={desk.isBusy}
        onAct={save}
        onCancel={() => setAsked(null)}
      />
    );
  return (
    <form
      class="form"
      data-price-form
      onSubmit={(event) => {
        event.preventDefault();
        preview();
      }}
    >
      <label class="field">
        <span>{t.form.area}</span>
        <select
          class="input"
          name="area"
          value={area}
          disabled={isLocked}
          onChange={(event) => setArea(event.currentTarget.value)}
        >
          <option value="">{t.home}</option>
          {areas.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t.form.price(currency ?? '¤')}</span>
        <input
          class="input"
          name="price"
          inputMode="decimal"
          autocomplete="off"
          required
          value={price}
          disabled={isLocked}
          onInput={(event) => setPrice(event.currentTarget.value)}
        />
      </label>
      <div class="field">
        <label for="price-from">{t.form.from}</label>
        <input
          class="input"
          id="price-from"
          name="from"
          type="date"
          min="2000-01-01"
          required
          value={day}
          disabled={isLocked}
          aria-describedby="price-from-hint"
          onInput={(event) => setDay(event.currentTarget.value)}
        />
        <small id="price-from-hint" class="quiet">
          {t.form.fromHint}
        </small>
      </div>
      <label class="field">
        <span>{t.form.notes}</span>
        <input
          class="input"
          name="notes"
          maxLength={1000}
          value={notes}
          disabled={isLocked}
          onInput={(event) => setNotes(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button is-main" disabled={isLocked}>
        {desk.isBusy ? t.working : t.form.preview}
      </button>
    </form>
  );
}
