/** The month's peak, the billed peak with its basis, and the projection of the running quarter-hour. */
import { mdiChartBellCurve, mdiGaugeFull, mdiReceiptTextOutline, mdiTimerOutline } from '@mdi/js';
import type { ComponentChildren } from 'preact';
import type { CapacityMonth } from '../../../src/schemas/p1.ts';
import { quarterHourMs } from '../../../src/units/durations.ts';
import { Icon } from '../../components/icon.tsx';
import { formatInstant } from '../../format/instants.ts';
import { formatCount, formatEnergy, formatPower, formatShare } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import { texts } from '../../texts/texts.ts';
import { billedText, boundsText, meterText } from './sentence.ts';

function Card({
  name,
  icon,
  label,
  watts,
  instead,
  children,
}: {
  name: string;
  icon: string;
  label: string;
  watts: number | null;
  /** Shown instead of an unknown value. */
  instead: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="card figure" data-figure={name} data-value={watts ?? ''}>
      <dt>
        <span class="peak-icon">
          <Icon path={icon} />
        </span>
        {label}
      </dt>
      <dd>
        {watts === null ? (
          <span class="figure-unknown quiet">{instead}</span>
        ) : (
          <span class="figure-value">{formatPower(watts, locale.value.language)}</span>
        )}
      </dd>
      <dd class="peak-note quiet">{children}</dd>
    </div>
  );
}

function Running({ answer }: { answer: CapacityMonth }) {
  const t = texts().peaks;
  const { language } = locale.value;
  const { running, monthly_peak_w: peakW } = answer;
  if (running === null) return null;
  const startMs = Date.parse(running.bucket);
  const at = (ms: number) => formatInstant(ms, 'time', locale.value);
  const power = (watts: number) => formatPower(watts, language);
  const projected = running.projected_w;
  // No comparison with the highest measured quarter-hour if an hour shows that the peak was higher.
  const isBounded = boundsText(answer, t, language) !== null;
  const share = isBounded || projected === null || peakW === null || peakW <= 0 ? null : projected / peakW;
  return (
    <Card
      name="running"
      icon={mdiTimerOutline}
      label={`${t.running}, ${t.runningSince(at(startMs), at(startMs + quarterHourMs))}`}
      watts={projected}
      instead={t.notKnown}
    >
      {share !== null && (
        <span class={`peak-bar${share > 1 ? ' is-over' : ''}`} aria-hidden="true">
          <span style={{ width: `${Math.min(100, share * 100).toFixed(1)}%` }} />
        </span>
      )}
      {share !== null && (
        <span class={share > 1 ? 'peak-over' : ''}>
          {share > 1 ? t.runningOver : t.runningUnder(formatShare(share, language))}.{' '}
        </span>
      )}
      {running.so_far_w !== null && t.runningNote(power(running.so_far_w))}
      {running.left_kwh !== null &&
        (running.left_kwh > 0
          ? t.runningLeft(formatEnergy(running.left_kwh, language), power(running.limit_w))
          : t.runningNoneLeft(power(running.limit_w)))}
    </Card>
  );
}

export function PeakCards({ answer }: { answer: CapacityMonth }) {
  const t = texts().peaks;
  const { language } = locale.value;
  const power = (watts: number) => formatPower(watts, language);
  const bounds = boundsText(answer, t, language);
  const when =
    answer.monthly_peak_ts === null ? null : formatInstant(answer.monthly_peak_ts, 'moment', locale.value);
  return (
    <section aria-label={t.figures}>
      <dl class="figures peak-figures">
        <Card
          name="month"
          icon={mdiChartBellCurve}
          label={t.month}
          watts={bounds === null ? answer.monthly_peak_w : null}
          instead={bounds ?? t.notKnown}
        >
          {when !== null &&
            (bounds === null ? `${when}. ` : t.highest(power(answer.monthly_peak_w ?? 0), when))}
          {t.measured(
            formatCount(answer.measured_quarters, language),
            formatCount(answer.expected_quarters, language),
          )}
        </Card>
        <Card
          name="billed"
          icon={mdiReceiptTextOutline}
          label={t.billed}
          watts={answer.billed_peak_w}
          instead={t.notKnown}
        >
          {billedText(answer, t, language)}
        </Card>
        <Running answer={answer} />
        {answer.meter_peak_w !== null && (
          <Card name="meter" icon={mdiGaugeFull} label={t.meter} watts={answer.meter_peak_w} instead="">
            {meterText(answer, t, language)}
          </Card>
        )}
      </dl>
    </section>
  );
}
