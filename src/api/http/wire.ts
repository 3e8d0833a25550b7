/** From the product's words to the wire's: snake_case, ISO instants, values in the unit that is named. */

import type { KnownEntity } from '../../home/entity.ts';
import type { Home } from '../../home/home.ts';
import type { EntityState } from '../../home/home-assistant.ts';
import type { Reading } from '../../recording/reading.ts';
import type { SyncRun } from '../../recording/sync-log.ts';
import type { UnknownSources } from '../../schemas/balance.ts';
import type { CachedEntityList, EntityRow } from '../../schemas/entities.ts';
import type { ReadingRow, SyncRunRow } from '../../schemas/readings.ts';
import { localIso } from '../../units/calendar.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';

export function isoOrNull(us: number | null): string | null {
  return us === null ? null : isoFromInstant(us);
}

export function timeRangeOf({ startUs, endUs }: Interval, zone: string) {
  return { start: localIso(startUs, zone), end: localIso(endUs, zone) };
}

/** Sources of the energy preferences without data now. */
export function unknownSourcesOf(home: Pick<Home, 'unknownSources'>): UnknownSources {
  return home
    .unknownSources()
    .map(({ statisticId, role, reason }) => ({ statistic_id: statisticId, role, reason }));
}

function described(entity: KnownEntity): Omit<EntityRow, 'state' | 'last_updated'> {
  return {
    entity_id: entity.entityId,
    friendly_name: entity.name,
    unit_of_measurement: entity.unit,
    device_class: entity.deviceClass,
    state_class: entity.stateClass,
    area: entity.area,
    device: entity.device,
    is_tracked: entity.isTracked,
    role: entity.role,
    parent: entity.parentEntityId,
    found_by: entity.foundBy,
  };
}

export function entityRow(entity: KnownEntity, state: EntityState | undefined): EntityRow {
  return {
    ...described(entity),
    state: state?.state ?? null,
    last_updated: isoOrNull(state?.lastUpdatedUs ?? null),
  };
}

export function cachedEntityRow(entity: KnownEntity): CachedEntityList['entities'][number] {
  return {
    ...described(entity),
    discovered_at: isoFromInstant(entity.discoveredAtUs),
    is_active: entity.isActive,
  };
}

export function readingRow(reading: Reading, previousState: number | null): ReadingRow {
  return {
    timestamp: isoFromInstant(reading.atUs),
    state: reading.value,
    absence: reading.absence,
    unit: reading.unit,
    previous_state: previousState,
    origin: reading.origin,
  };
}

export function syncRow(run: SyncRun): SyncRunRow {
  return {
    sync_id: run.syncId,
    kind: run.kind,
    start_time: isoFromInstant(run.startUs),
    end_time: isoFromInstant(run.endUs),
    status: run.status,
    entities_total: run.entitiesTotal,
    entities_done: run.entitiesDone,
    readings_added: run.readingsAdded,
    error: run.error,
    started_at: isoFromInstant(run.startedAtUs),
    finished_at: isoOrNull(run.finishedAtUs),
    outcome:
      run.outcome === undefined
        ? null
        : {
            hours_checked: run.outcome.hoursChecked,
            hours_differing: run.outcome.hoursDiffering,
            holes_found: run.outcome.holesFound,
            entries_revised: run.outcome.entriesRevised,
            tickets_opened: run.outcome.ticketsOpened,
          },
  };
}
