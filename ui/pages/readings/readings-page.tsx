/** One entity over a span: what its readings say, the curve, and the same as a table. */
import { mdiHomeLightningBoltOutline, mdiPlaylistPlus } from '@mdi/js';
import { useEffect, useMemo } from 'preact/hooks';
import { Combobox, type Option } from '../../components/combobox.tsx';
import { lookOf, markOf, roleOrder } from '../../components/role-look.ts';
import { Empty, Problem, Skeleton, ToSettings } from '../../components/states.tsx';
import { spanOf } from '../../period/period.ts';
import { PeriodControl, shownPeriod } from '../../period/period-control.tsx';
import { entities, type ListedEntity, locale, settings } from '../../state/home.ts';
import { go, place } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { CurveCard } from './curve-card.tsx';
import { ReadingTable } from './reading-table.tsx';

/** Recorded ones first, in the order of roles. */
export function listed(all: readonly ListedEntity[]): ListedEntity[] {
  const place = (entity: ListedEntity) => roleOrder.indexOf(entity.role);
  return [...all].sort(
    (a, b) =>
      Number(b.is_tracked) - Number(a.is_tracked) ||
      place(a) - place(b) ||
      (a.friendly_name < b.friendly_name ? -1 : 1),
  );
}

export function ReadingsPage() {
  const t = texts();
  const { data, problem } = entities.state.value;
  const { entityId, zoom } = place.value;
  useEffect(() => {
    void entities.refresh();
  }, []);
  const sorted = useMemo(() => (data === null ? [] : listed(data)), [data]);
  const tracked = sorted.filter((entity) => entity.is_tracked);
  const chosen =
    entityId === null
      ? (tracked[0] ?? null)
      : (sorted.find((entity) => entity.entity_id === entityId) ?? null);
  const options = useMemo(
    () =>
      // One that is not recorded is only in the list while it is looked at: it may have been, once.
      sorted
        .filter((entity) => entity.is_tracked || entity.entity_id === entityId)
        .map(
          (entity): Option => ({
            id: entity.entity_id,
            name: entity.friendly_name,
            detail: [entity.area, t.roles[entity.role], entity.entity_id].filter(Boolean).join(' · '),
            icon: lookOf(entity.role).icon,
            colour: markOf(lookOf(entity.role).colour),
          }),
        ),
    [sorted, entityId, t],
  );
  const shownId = entityId ?? chosen?.entity_id ?? null;

  if (shownId === null && settings.data?.settings.source === 'none')
    return (
      <section class="card">
        <Empty icon={mdiHomeLightningBoltOutline} title={t.now.noHomeAssistant} action={<ToSettings />}>
          {t.now.noHomeAssistantWhat}
        </Empty>
      </section>
    );
  if (data === null && entityId === null)
    return problem === null ? (
      <Skeleton height={480} />
    ) : (
      <section class="card">
        <Problem problem={problem} onRetry={() => void entities.refresh()} />
      </section>
    );
  if (shownId === null)
    return (
      <section class="card">
        <Empty icon={mdiPlaylistPlus} title={t.readings.noneTracked} action={<ToSettings />}>
          {t.readings.noneTrackedWhat}
        </Empty>
      </section>
    );
  const span = spanOf(shownPeriod(), locale.value.zone);
  const startMs = zoom === null ? span.startMs : Math.max(span.startMs, zoom.startS * 1000);
  const endMs = zoom === null ? span.endMs : Math.min(span.endMs, zoom.endS * 1000);
  const isZoomed = zoom !== null && startMs < endMs;
  const shown = isZoomed ? { startMs, endMs } : span;
  return (
    <div class="stack">
      <div class="readings-controls">
        <Combobox
          label={t.readings.entity}
          placeholder={t.readings.search}
          noMatch={t.readings.noMatch}
          options={options}
          value={shownId}
          onPick={(id) => go({ entityId: id })}
        />
        <PeriodControl />
      </div>
      <CurveCard entityId={shownId} entity={chosen} span={shown} whole={span} isZoomed={isZoomed} />
      <ReadingTable key={`${shownId} ${shown.startMs} ${shown.endMs}`} entityId={shownId} span={shown} />
    </div>
  );
}
