/** The one control for spans of time, shared by all pages; what it says is in the address. */
import { mdiChevronLeft, mdiChevronRight } from '@mdi/js';
import { Icon } from '../components/icon.tsx';
import { firstWeekdayOf, formatPeriod } from '../format/instants.ts';
import { locale, nowMs } from '../state/home.ts';
import { go, place } from '../state/place.ts';
import { texts } from '../texts/texts.ts';
import {
  asKind,
  dateAt,
  includes,
  isSame,
  type Period,
  parseDate,
  periodAround,
  periodKinds,
  rangeOf,
  shifted,
} from './period.ts';

/** What the address says, or today. */
export function shownPeriod(): Period {
  return place.value.period ?? periodAround('day', dateAt(nowMs.value, locale.value.zone));
}

/** Another page's day or year, on a page that only knows months: the month of it. */
export function shownMonth(): Period {
  const { language, zone } = locale.value;
  return asKind(shownPeriod(), 'month', dateAt(nowMs.value, zone), firstWeekdayOf(language));
}

/** `isMonthly`: for a page that only knows months. */
export function PeriodControl({ isMonthly = false }: { isMonthly?: boolean }) {
  const t = texts().period;
  const { language, zone } = locale.value;
  const period = isMonthly ? shownMonth() : shownPeriod();
  const today = dateAt(nowMs.value, zone);
  const firstWeekday = firstWeekdayOf(language);
  const isToday = includes(period, today);
  const show = (next: Period) => {
    // The day that is now needs no date in the address, and moves on at midnight.
    const isDefault = next.kind === 'day' && next.start.equals(today);
    if (isSame(next, period) && place.value.zoom === null) return;
    go({ period: isDefault ? null : next, zoom: null });
  };
  const step = (steps: number, label: string, icon: string) => (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      onClick={() => show(shifted(period, steps))}
    >
      <Icon path={icon} />
    </button>
  );
  const dateField = (label: string, date: Temporal.PlainDate, onDate: (date: Temporal.PlainDate) => void) => (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        type="date"
        value={date.toString()}
        onChange={(event) => {
          const picked = parseDate(event.currentTarget.value);
          if (picked !== null) onDate(picked);
        }}
      />
    </label>
  );
  const last = period.end.subtract({ days: 1 });
  return (
    <section class="period" aria-label={t.label}>
      {!isMonthly && (
        <fieldset class="segments" aria-label={t.label}>
          {periodKinds.map((kind) => (
            <button
              key={kind}
              type="button"
              aria-pressed={period.kind === kind}
              onClick={() => show(asKind(period, kind, today, firstWeekday))}
            >
              {t.kinds[kind]}
            </button>
          ))}
        </fieldset>
      )}
      <div class="period-steps">
        {step(-1, t.previous[period.kind], mdiChevronLeft)}
        <strong class="period-name" aria-live="polite">
          {formatPeriod(period, language)}
        </strong>
        {step(1, t.next[period.kind], mdiChevronRight)}
        <button
          type="button"
          class="button"
          disabled={isToday && period.kind !== 'range'}
          onClick={() =>
            show(
              period.kind === 'range'
                ? periodAround('day', today)
                : periodAround(period.kind, today, firstWeekday),
            )
          }
        >
          {t.today}
        </button>
      </div>
      {period.kind === 'range' && (
        <div class="period-range">
          {dateField(t.from, period.start, (date) =>
            show(rangeOf(date, last.since(date).sign < 0 ? date : last)),
          )}
          {dateField(t.to, last, (date) =>
            show(rangeOf(date.since(period.start).sign < 0 ? date : period.start, date)),
          )}
        </div>
      )}
    </section>
  );
}
