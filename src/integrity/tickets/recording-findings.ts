/** What recording reports of itself, as findings. Pure. */
import type { RecordingEvent } from '../../recording/recording-events.ts';
import { hourUs, secondUs } from '../../units/durations.ts';
import type { EvidenceFigure, Finding, TicketKind } from '../ticket.ts';
import { readingsMissing } from './readings-missing.ts';
import type { Detected } from './tickets.ts';

type EventOf<K extends RecordingEvent['kind']> = Extract<RecordingEvent, { readonly kind: K }>;

/** An event without a choice needs no decision. */
function detected(
  kind: TicketKind,
  entityId: string | null,
  atUs: number,
  statement: Finding['statement'],
  extra: Partial<Finding> = {},
): Detected {
  const plain = { kind, entityId, startUs: atUs, endUs: atUs, statement };
  return {
    finding: { ...plain, evidence: [], relatedEntityId: null, choices: [], ...extra },
    handling: extra.choices === undefined ? 'record' : 'ask',
  };
}

function figure(name: EvidenceFigure['name'], value: number, unit = ''): EvidenceFigure {
  return { name, value, unit };
}

/** The entity if there is only one; otherwise null. */
function onlyOf(entityIds: readonly string[]): string | null {
  return entityIds.length === 1 ? (entityIds[0] ?? null) : null;
}

/** Null for an event that ends a state, and for a first fetch: what it adds was never missing. */
export function detectedOf(event: RecordingEvent): Detected | null {
  switch (event.kind) {
    case 'silent':
      return silent(event);
    case 'found':
      return event.found.isFirst ? null : { finding: readingsMissing(event.found), handling: 'record' };
    case 'lost':
      return lost(event);
    case 'unit_changed': {
      const { entityId, unitBefore, unit, atUs } = event;
      const statement = { code: 'unit_changed', values: { unitBefore, unit } } as const;
      return detected('unit_changed', entityId, atUs, statement);
    }
    case 'renamed': {
      const { entityId, newEntityId, atUs } = event;
      const statement = { code: 'renamed', values: { entityId, newEntityId } } as const;
      return detected('renamed', newEntityId, atUs, statement, { relatedEntityId: entityId });
    }
    case 'removed': {
      const { entityId, atUs } = event;
      const statement = { code: 'removed', values: { entityId } } as const;
      return detected('removed', entityId, atUs, statement, { choices: ['accept'] });
    }
    case 'replaced':
      return replaced(event);
    case 'disk_full': {
      const { freeBytes, atUs } = event;
      const statement = { code: 'disk_full', values: { freeBytes } } as const;
      return detected('disk_full', null, atUs, statement, { choices: ['accept'] });
    }
    case 'out_of_order':
      return outOfOrder(event);
    case 'clock_drift':
      return clockDrift(event);
    case 'clock_right':
    case 'disk_free':
      return null;
  }
}

function silent({ entityIds, sinceUs, atUs }: EventOf<'silent'>): Detected {
  const silentUs = atUs - sinceUs;
  const statement = { code: 'states_silent', values: { entities: entityIds.length, silentUs } } as const;
  return detected('subscription_silent', onlyOf(entityIds), sinceUs, statement, {
    endUs: atUs,
    evidence: [
      figure('gap_seconds', Math.round(silentUs / secondUs), 's'),
      figure('count', entityIds.length),
    ],
  });
}

function lost({ entityId, hourUs: startUs, heldBefore, held }: EventOf<'lost'>): Detected {
  const values = { readings: held, readingsBefore: heldBefore };
  return detected(
    'readings_missing',
    entityId,
    startUs,
    { code: 'readings_lost', values },
    {
      endUs: startUs + hourUs,
      evidence: [figure('readings_ours', held), figure('readings_theirs', heldBefore)],
      choices: ['accept'],
    },
  );
}

function replaced({ entityId, newEntityId, atUs }: EventOf<'replaced'>): Detected {
  const statement =
    newEntityId === entityId
      ? ({ code: 'id_reused', values: { entityId } } as const)
      : ({ code: 'replaced', values: { entityId, newEntityId } } as const);
  const extra: Partial<Finding> = { relatedEntityId: newEntityId, choices: ['accept'] };
  return detected('replaced', entityId, atUs, statement, extra);
}

function outOfOrder({ entityIds, count, firstUs, lastUs }: EventOf<'out_of_order'>): Detected {
  const values = { readings: count, entities: entityIds.length };
  const extra = { endUs: lastUs, evidence: [figure('count', count)] };
  return detected('out_of_order', onlyOf(entityIds), firstUs, { code: 'out_of_order', values }, extra);
}

/** @param event `driftUs` above 0: the app's clock is ahead of Home Assistant's */
function clockDrift({ driftUs, sinceUs, atUs }: EventOf<'clock_drift'>): Detected {
  const code = driftUs > 0 ? 'clock_ahead' : 'clock_behind';
  const apartUs = Math.abs(driftUs);
  return detected(
    'clock_drift',
    null,
    sinceUs,
    { code, values: { driftUs: apartUs } },
    {
      endUs: atUs,
      evidence: [figure('drift_seconds', Math.round(apartUs / secondUs), 's')],
      choices: ['accept'],
    },
  );
}

/** The kind of a state of the app that lasts until another event ends it; null for any other event. */
export function lastingKind({
  kind,
}: RecordingEvent): Extract<TicketKind, 'disk_full' | 'clock_drift'> | null {
  if (kind === 'disk_full' || kind === 'disk_free') return 'disk_full';
  return kind === 'clock_drift' || kind === 'clock_right' ? 'clock_drift' : null;
}
