/** One entity over a period: a sentence, the curve, and the readings as a table. */
import { mdiHomeLightningBoltOutline, mdiPlaylistPlus } from '@mdi/js';
import { useEffect, useMemo } from 'preact/hooks';
import { Combobox, type Option } from '../../components/combobox.tsx';
import { lookOf, markOf, roleOrder } from '../../components/role-look.ts';
import { Empty, ToSettings, WaitingPage } from '../../components/states.tsx';
import { type Span, spanOf } from '../../period/period.ts';
import { PeriodControl, shownPeriod } from '../../period/period-control.tsx';
import { entities, type ListedEntity, locale, settings } from '../../state/home.ts';
import { navigate, route } from '../../state/route.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { CurveCard } from './curve-card.tsx';
import { ReadingTable } from './reading-table.tsx';

/** Recorded entities first, in the order of roles. */
export function listed(all: readonly ListedEntity[]): ListedEntity[] {
  const rank = (entity: ListedEntity) => roleOrder.indexOf(entity.role);
  return [...all].sort(
    (a, b) =>
      Number(b.is_tracked) - Number(a.is_tracked) ||
      rank(a) - rank(b) ||
      (a.friendly_name < b.friendly_name ? -1 : 1),
  );
}

/** What the combobox offers: recorded entities, and the shown one even if it is no longer recorded. */
function optionsOf(sorted: readonly ListedEntity[], entityId: string | null, { roles }: Texts): Option[] {
  return sorted
    .filter((entity) => entity.is_tracked || entity.entity_id === entityId)
    .map((entity) => {
      const { icon, colour } = lookOf(entity.role);
      return {
        id: entity.entity_id,
        name: entity.friendly_name,
        detail: [entity.area, roles[entity.role], entity.entity_id].filter(Boolean).join(' · '),
        icon,
        colour: markOf(colour),
      };
    });
}

function EmptyCard(props: { icon: string; title: string; detail: string }) {
  return (
    <section class="card">
      <Empty icon={props.icon} title={props.title} action={<ToSettings />}>
        {props.detail}
      </Empty>
    </section>
  );
}

export function ReadingsPage() {
  const t = texts();
  const { data, problem } = entities.state.value;
  const { entityId } = route.value;
  useEffect(() => {
    void entities.refresh();
  }, []);
  const sorted = useMemo(() => (data === null ? [] : listed(data)), [data]);
  const chosen =
    entityId === null
      ? (sorted.find((entity) => entity.is_tracked) ?? null)
      : (sorted.find((entity) => entity.entity_id === entityId) ?? null);
  const options = useMemo(() => optionsOf(sorted, entityId, t), [sorted, entityId, t]);
  const shownId = entityId ?? chosen?.entity_id ?? null;

  if (shownId === null && settings.data?.settings.source === 'none') {
    const { noHomeAssistant: title, noHomeAssistantWhat: detail } = t.now;
    return <EmptyCard icon={mdiHomeLightningBoltOutline} title={title} detail={detail} />;
  }
  if (data === null && entityId === null)
    return <WaitingPage heights={[480]} problem={problem} onRetry={() => void entities.refresh()} />;
  if (shownId === null) {
    const { noneTracked: title, noneTrackedWhat: detail } = t.readings;
    return <EmptyCard icon={mdiPlaylistPlus} title={title} detail={detail} />;
  }
  const { whole, shown, isZoomed } = shownSpan();
  return (
    <div class="stack">
      <div class="readings-controls">
        <Combobox
          label={t.readings.entity}
          placeholder={t.readings.search}
          noMatch={t.readings.noMatch}
          options={options}
          value={shownId}
          onPick={(id) => navigate({ entityId: id })}
        />
        <PeriodControl />
      </div>
      <CurveCard entityId={shownId} entity={chosen} span={shown} whole={whole} isZoomed={isZoomed} />
      <ReadingTable key={`${shownId} ${shown.startMs} ${shown.endMs}`} entityId={shownId} span={shown} />
    </div>
  );
}

/** The period, and the part of it that is zoomed into. */
function shownSpan(): { whole: Span; shown: Span; isZoomed: boolean } {
  const whole = spanOf(shownPeriod(), locale.value.zone);
  const { zoom } = route.value;
  if (zoom === null) return { whole, shown: whole, isZoomed: false };
  const startMs = Math.max(whole.startMs, zoom.startS * 1000);
  const endMs = Math.min(whole.endMs, zoom.endS * 1000);
  return startMs < endMs
    ? { whole, shown: { startMs, endMs }, isZoomed: true }
    : { whole, shown: whole, isZoomed: false };
}
