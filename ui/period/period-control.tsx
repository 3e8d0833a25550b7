/** The control for the period, shared by all pages. Its state is in the address. */
import { mdiChevronLeft, mdiChevronRight } from '@mdi/js';
import { IconButton } from '../components/icon-button.tsx';
import { firstWeekdayOf, formatPeriod } from '../format/instants.ts';
import { locale, nowMs } from '../state/home.ts';
import { navigate, route } from '../state/route.ts';
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

/** The period in the address; today if there is none. */
export function shownPeriod(): Period {
  return route.value.period ?? periodAround('day', dateAt(nowMs.value, locale.value.zone));
}

/** The month of the shown period, for pages that only show months. */
export function shownMonth(): Period {
  const { language, zone } = locale.value;
  return asKind(shownPeriod(), 'month', dateAt(nowMs.value, zone), firstWeekdayOf(language));
}

function show(next: Period, current: Period, today: Temporal.PlainDate): void {
  if (isSame(next, current) && route.value.zoom === null) return;
  // Today needs no date in the address, and moves on at midnight.
  const isDefault = next.kind === 'day' && next.start.equals(today);
  navigate({ period: isDefault ? null : next, zoom: null });
}

interface PartProps {
  readonly period: Period;
  readonly today: Temporal.PlainDate;
  readonly onShow: (next: Period) => void;
}

function KindButtons({ period, today, onShow }: PartProps) {
  const t = texts().period;
  const firstWeekday = firstWeekdayOf(locale.value.language);
  return (
    <fieldset class="segments" aria-label={t.label}>
      {periodKinds.map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={period.kind === kind}
          onClick={() => onShow(asKind(period, kind, today, firstWeekday))}
        >
          {t.kinds[kind]}
        </button>
      ))}
    </fieldset>
  );
}

function Steps({ period, today, onShow }: PartProps) {
  const t = texts().period;
  const { language } = locale.value;
  const current =
    period.kind === 'range'
      ? periodAround('day', today)
      : periodAround(period.kind, today, firstWeekdayOf(language));
  const step = (steps: number, label: string, icon: string) => (
    <IconButton label={label} icon={icon} onClick={() => onShow(shifted(period, steps))} />
  );
  return (
    <div class="period-steps">
      {step(-1, t.previous[period.kind], mdiChevronLeft)}
      <strong class="period-name" aria-live="polite">
        {formatPeriod(period, language)}
      </strong>
      {step(1, t.next[period.kind], mdiChevronRight)}
      <button
        type="button"
        class="button"
        disabled={includes(period, today) && period.kind !== 'range'}
        onClick={() => onShow(current)}
      >
        {t.today}
      </button>
    </div>
  );
}

function DateField(props: {
  label: string;
  date: Temporal.PlainDate;
  onDate: (date: Temporal.PlainDate) => void;
}) {
  const { label, date, onDate } = props;
  return (
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
}

/** Both ends of a range. An end that would lie on the wrong side of the other moves with it. */
function RangeFields({ period: { start, end }, onShow }: Omit<PartProps, 'today'>) {
  const t = texts().period;
  const last = end.subtract({ days: 1 });
  const later = (a: Temporal.PlainDate, b: Temporal.PlainDate) => (a.since(b).sign < 0 ? b : a);
  const earlier = (a: Temporal.PlainDate, b: Temporal.PlainDate) => (a.since(b).sign < 0 ? a : b);
  return (
    <div class="period-range">
      <DateField label={t.from} date={start} onDate={(date) => onShow(rangeOf(date, later(last, date)))} />
      <DateField label={t.to} date={last} onDate={(date) => onShow(rangeOf(earlier(start, date), date))} />
    </div>
  );
}

/** `isMonthly`: for pages that only show months. */
export function PeriodControl({ isMonthly = false }: { isMonthly?: boolean }) {
  const period = isMonthly ? shownMonth() : shownPeriod();
  const today = dateAt(nowMs.value, locale.value.zone);
  const onShow = (next: Period) => show(next, period, today);
  return (
    <section class="period" aria-label={texts().period.label}>
      {!isMonthly && <KindButtons period={period} today={today} onShow={onShow} />}
      <Steps period={period} today={today} onShow={onShow} />
      {period.kind === 'range' && <RangeFields period={period} onShow={onShow} />}
    </section>
  );
}
