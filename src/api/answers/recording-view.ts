import type { SpoolStatus } from '../../recording/write/spool/spool.ts';
/** The recorder, the day and the spool as the API asks of them. */

import type { Recorder } from '../../recording/stream/recorder.ts';
import type { PartProblem } from '../../runtime/health.ts';
import type { Today } from '../../statistics/today.ts';
import type { Recording } from '../http/ports.ts';

interface RecordingViewDeps {
  readonly recorder: Pick<Recorder, 'status' | 'subscription' | 'newest' | 'onReadings'>;
  readonly today: Pick<Today, 'of' | 'midnightUs' | 'onChange'>;
  /** Whether the past is still being brought in, so that the day's beginning is not known. */
  readonly bringsPast: () => boolean;
  /** Whether QuestDB takes readings now. */
  readonly isStoreUp: () => boolean;
  readonly watch: Recording['watch'];
}

export function recordingView({
  recorder,
  today,
  bringsPast,
  isStoreUp,
  watch,
}: RecordingViewDeps): Recording {
  return {
    health: () => {
      const status = recorder.status();
      const { spool } = status;
      return {
        recorder: {
          isOk: status.isOk,
          problem: status.problem,
          lastReadingAtUs: status.lastReadingAtUs,
          received: status.readingsReceived,
          stored: status.readingsStored,
          duplicates: status.duplicates,
          outOfOrder: status.outOfOrder,
          clockDriftUs: status.clockDriftUs,
          writeErrors: status.writeErrors,
          rejected: status.rejected,
          lastRejection: status.lastRejection,
          queueLength: status.readingsWaiting,
          queueLimit: status.queueLimit,
          canKeep: !status.isPaused && (spool.error === null || isStoreUp()),
        },
        spool: {
          isOk: spool.error === null && spool.damagedBytes === 0 && !status.isPaused,
          problem: spoolProblem(spool, status.isPaused),
          bytes: spool.bytes,
          limitBytes: spool.limitBytes,
          readings: spool.readings,
          isPaused: status.isPaused,
        },
      };
    },
    watch,
    subscription: () => recorder.subscription(),
    newest: (entityId) => recorder.newest().get(entityId) ?? null,
    countedToday: (entityId) => (bringsPast() ? null : today.of(entityId).counted),
    readingsToday: (entityId) => today.of(entityId).readings,
    midnightUs: () => today.midnightUs(),
    onReadings: (listener) => recorder.onReadings(listener),
    onTodayChange: (listener) => today.onChange(listener),
  };
}

function spoolProblem({ error, damagedBytes }: SpoolStatus, isPaused: boolean): PartProblem | null {
  if (error !== null) return { code: 'failed', values: { reason: error } };
  if (isPaused) return { code: 'no_room', values: {} };
  return damagedBytes > 0 ? { code: 'spool_damaged', values: { damagedBytes } } : null;
}
