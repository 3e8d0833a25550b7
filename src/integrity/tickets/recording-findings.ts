/** What recording tells of itself, as findings. Pure. */
import type { RecordingEvent } from '../../recording/recording-events.ts';
import { durationText } from '../detectors/figures.ts';
import type { EvidenceFigure, Finding, TicketKind } from '../ticket.ts';
import { readingsMissing } from './readings-missing.ts';
import type { Detected } from './tickets.ts';

const hourUs = 3_600_000_000;

function told(
  kind: TicketKind,
  entityId: string | null,
  atUs: number,
  detail: string,
  extra: Partial<Finding> = {},
): Detected {
  const finding = {
    kind,
    entityId,
    startUs: atUs,
    endUs: atUs,
    detail,
    evidence: [],
    relatedEntityId: null,
  };
  return {
    finding: { ...finding, choices: [], ...extra },
    handling: extra.choices === undefined ? 'told' : 'ask',
  };
}

function figure(name: EvidenceFigure['name'], value: number, unit = ''): EvidenceFigure {
  return { name, value, unit };
}

/** Null for what is no finding: it says that one holds no more. */
export function detectedOf(event: RecordingEvent): Detected | null {
  switch (event.kind) {
    case 'silent': {
      const { entityIds, sinceUs, atUs } = event;
      const [only] = entityIds;
      const whose = entityIds.length === 1 ? 'the entity' : `${entityIds.length} entities`;
      return told(
        'subscription_silent',
        entityIds.length === 1 && only !== undefined ? only : null,
        sinceUs,
        `Home Assistant answered and told no states of ${whose} for ${durationText(atUs - sinceUs)}, though they changed; it was subscribed to anew and asked for what was missed.`,
        {
          endUs: atUs,
          evidence: [
            figure('gap_seconds', Math.round((atUs - sinceUs) / 1_000_000), 's'),
            figure('count', entityIds.length),
          ],
        },
      );
    }
    case 'found':
      // What a first fetch fills was never missing.
      return event.found.isFirst ? null : { finding: readingsMissing(event.found), handling: 'told' };
    case 'lost': {
      const { entityId, hourUs: startUs, heldBefore, held } = event;
      return told(
        'readings_missing',
        entityId,
        startUs,
        `The readings store holds ${held} readings of this hour, where it held ${heldBefore}, and Home Assistant no longer has them.`,
        {
          endUs: startUs + hourUs,
          evidence: [figure('readings_ours', held), figure('readings_theirs', heldBefore)],
          choices: ['accept'],
        },
      );
    }
    case 'unit_changed': {
      const { entityId, unitBefore, unit, atUs } = event;
      const detail = `Home Assistant shows it in ${unit} now, and in ${unitBefore} before; values are kept in one unit all the same.`;
      return told('unit_changed', entityId, atUs, detail);
    }
    case 'renamed': {
      const { entityId, newEntityId, atUs } = event;
      const detail = `${entityId} is called ${newEntityId} now; its past goes on under the new name.`;
      return told('renamed', newEntityId, atUs, detail, { relatedEntityId: entityId });
    }
    case 'removed': {
      const { entityId, atUs } = event;
      const detail = `Home Assistant no longer has ${entityId}; its readings stay, nothing new comes.`;
      return told('removed', entityId, atUs, detail, { choices: ['accept'] });
    }
    case 'replaced': {
      const { entityId, newEntityId, atUs } = event;
      const detail =
        newEntityId === entityId
          ? `Another entity answers to ${entityId} now: look whether it counts the same meter.`
          : `${newEntityId} seems to stand in the place of ${entityId}: the same device and name. Track it to go on.`;
      return told('replaced', entityId, atUs, detail, { relatedEntityId: newEntityId, choices: ['accept'] });
    }
    case 'disk_full': {
      const { freeBytes, atUs } = event;
      const megabytes = Math.round(freeBytes / 1_000_000);
      const detail = `The disk had only ${megabytes} MB left: nothing is written until there is room.`;
      return told('disk_full', null, atUs, detail, { choices: ['accept'] });
    }
    case 'out_of_order': {
      const { entityIds, count, startUs, endUs } = event;
      const [only] = entityIds;
      const isOne = entityIds.length === 1 && only !== undefined;
      const whose = isOne ? 'it' : `${entityIds.length} entities`;
      const which = count === 1 ? '1 reading' : `${count} readings`;
      return told(
        'out_of_order',
        isOne ? only : null,
        startUs,
        `${which} of ${whose} came after a newer one; each was taken in its place, and the ledger follows.`,
        { endUs, evidence: [figure('count', count)] },
      );
    }
    case 'clock_drift': {
      const { driftUs, sinceUs, atUs } = event;
      const seconds = Math.round(Math.abs(driftUs) / 1_000_000);
      const detail = `The app’s clock is ${seconds} s ${driftUs > 0 ? 'ahead of' : 'behind'} Home Assistant’s. Readings keep Home Assistant’s instants, but ${driftUs > 0 ? 'the running quarter is taken for over too soon' : 'those that are five minutes ahead are refused until it is right'}. Look whether both machines set their clocks by the network (NTP).`;
      const evidence = [figure('drift_seconds', seconds, 's')];
      return told('clock_drift', null, sinceUs, detail, { endUs: atUs, evidence, choices: ['accept'] });
    }
    case 'clock_right':
    case 'disk_free':
      return null;
  }
}

/** What of the app itself holds until it is told to be over; null for an event that is no such thing. */
export function lastingKind({
  kind,
}: RecordingEvent): Extract<TicketKind, 'disk_full' | 'clock_drift'> | null {
  if (kind === 'disk_full' || kind === 'disk_free') return 'disk_full';
  return kind === 'clock_drift' || kind === 'clock_right' ? 'clock_drift' : null;
}
