/** Metrics of the process, for graphs and alarms. */

import type { ConnectionStatus } from '../../home/home-assistant.ts';
import { ticketKind } from '../../schemas/tickets.ts';
import type { ApiDeps } from '../http/deps.ts';
import type { Metric, Sample } from './exposition.ts';

const states: readonly ConnectionStatus['kind'][] = ['connected', 'connecting', 'refused', 'not_configured'];

export function metricsOf(deps: ApiDeps): Metric[] {
  return [
    ...processMetrics(deps),
    ...recordingMetrics(deps),
    ...watchMetrics(deps),
    ...ledgerMetrics(deps),
    ...integrityMetrics(deps),
  ];
}

const one = (value: number | null): readonly Sample[] => [{ value }];
const flag = (isTrue: boolean): number => (isTrue ? 1 : 0);
const seconds = (us: number | null): number | null => (us === null ? null : us / 1_000_000);

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `energy_ledger_${name}`, type: 'gauge', help, samples };
}

function counter(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name: `energy_ledger_${name}_total`, type: 'counter', help, samples };
}

function processMetrics({ version, stores }: ApiDeps): Metric[] {
  return [
    {
      name: 'process_resident_memory_bytes',
      type: 'gauge',
      help: 'Resident memory of this process; the stores have their own.',
      samples: one(process.memoryUsage.rss()),
    },
    {
      name: 'process_start_time_seconds',
      type: 'gauge',
      help: 'When the process started, since the Unix epoch.',
      samples: one(performance.timeOrigin / 1000),
    },
    gauge('build_info', 'Always 1; the version is a label.', [
      { labels: { version, node: process.versions.node }, value: 1 },
    ]),
    gauge('store_up', 'Whether a store answers.', [
      { labels: { store: 'questdb' }, value: flag(stores.questdb().isOk) },
      { labels: { store: 'documents' }, value: flag(stores.mongodb().isOk) },
    ]),
  ];
}

function recordingMetrics({ recording, homeAssistant, home, clock }: ApiDeps): Metric[] {
  const { recorder, spool } = recording.health();
  const { kind } = homeAssistant.status();
  const { lastEventAtUs } = recording.subscription();
  const ageOf = (atUs: number | null) => (atUs === null ? null : Math.max(0, clock.nowUs() - atUs));
  return [
    counter('readings_received', 'Readings taken in since the start, each once.', one(recorder.received)),
    counter('readings_stored', 'Readings durable in the store since the start.', one(recorder.stored)),
    counter('readings_duplicate', 'Readings received twice.', one(recorder.duplicates)),
    counter(
      'readings_out_of_order',
      'Readings that came after a newer one, taken in their place.',
      one(recorder.outOfOrder),
    ),
    gauge(
      'clock_drift_seconds',
      'How far the clock here is ahead of the one of Home Assistant.',
      one(seconds(recorder.clockDriftUs)),
    ),
    counter(
      'readings_rejected',
      'States that are no reading, by reason.',
      Object.entries(recorder.rejected).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
    counter('write_errors', 'Failed writes to QuestDB.', one(recorder.writeErrors)),
    gauge(
      'readings_waiting',
      'Readings received and not yet durable in the store.',
      one(recorder.queueLength),
    ),
    gauge('spool_bytes', 'Bytes of readings that wait on disk.', one(spool.bytes)),
    gauge('spool_limit_bytes', 'Bytes that may wait on disk.', one(spool.limitBytes)),
    gauge('spool_readings', 'Readings that wait on disk.', one(spool.readings)),
    gauge(
      'receipt_paused',
      'Whether receipt is paused because the spool is full.',
      one(flag(spool.isPaused)),
    ),
    gauge(
      'last_reading_timestamp_seconds',
      'Instant of the newest reading.',
      one(seconds(recorder.lastReadingAtUs)),
    ),
    gauge(
      'last_reading_age_seconds',
      'How long ago the newest reading was.',
      one(seconds(ageOf(recorder.lastReadingAtUs))),
    ),
    gauge(
      'last_event_age_seconds',
      'Time since anything was received from Home Assistant.',
      one(seconds(ageOf(lastEventAtUs))),
    ),
    gauge('entities_tracked', 'Entities that are recorded.', one(home.recorded().length)),
    gauge(
      'home_assistant_connection',
      '1 for the state that the connection is in.',
      states.map((state) => ({ labels: { state }, value: flag(state === kind) })),
    ),
    counter(
      'home_assistant_reconnects',
      'How often the connection was made again.',
      one(homeAssistant.reconnectCount()),
    ),
  ];
}

function watchMetrics({ recording }: ApiDeps): Metric[] {
  const { heartbeat, disk } = recording.watch();
  return [
    counter(
      'heartbeat_silences',
      'Times that Home Assistant answered but sent no states.',
      one(heartbeat.silences),
    ),
    gauge(
      'heartbeat_last_ping_timestamp_seconds',
      'When a ping was last answered.',
      one(seconds(heartbeat.lastPingAtUs)),
    ),
    gauge(
      'heartbeat_last_compared_timestamp_seconds',
      'When a snapshot of all states was last compared with what was received.',
      one(seconds(heartbeat.lastComparedAtUs)),
    ),
    gauge('heartbeat_failing', 'Whether the subscription is silent.', one(flag(!heartbeat.isOk))),
    gauge('disk_free_bytes', 'Room on the disk of the app.', one(disk.freeBytes)),
    gauge('disk_size_bytes', 'Size of the disk of the app.', one(disk.totalBytes)),
  ];
}

function ledgerMetrics({ ledger, backfill }: ApiDeps): Metric[] {
  const posting = ledger.postingWorker.status();
  return [
    gauge('meters_waiting', 'Meters with readings that are not posted yet.', one(posting.waiting)),
    counter('entries_written', 'Ledger entries written since the start.', one(posting.entriesWritten)),
    gauge(
      'last_posted_timestamp_seconds',
      'When the ledger was last written.',
      one(seconds(posting.lastPostedAtUs)),
    ),
    gauge('posting_failing', 'Whether the last posting failed.', one(flag(posting.error !== null))),
    gauge('backfill_running', 'Whether a back-fill is under way.', one(flag(backfill.status().isRunning))),
  ];
}

function integrityMetrics({ integrity }: ApiDeps): Metric[] {
  const { last, run, lastFinishedAtUs, unverifiedHours } = integrity.reconciler.status();
  const outcome = last?.outcome ?? null;
  const open = integrity.tickets.open();
  return [
    gauge('reconciliation_running', 'Whether a reconciliation is under way.', one(flag(run !== null))),
    gauge(
      'reconciliation_last_finished_timestamp_seconds',
      'When the last reconciliation ended.',
      one(seconds(lastFinishedAtUs)),
    ),
    gauge(
      'reconciliation_last_success',
      'Whether the last reconciliation did all that it should.',
      one(last === null ? null : flag(last.status === 'success')),
    ),
    gauge(
      'reconciliation_hours_checked',
      'Hours of entities that the last reconciliation compared.',
      one(outcome?.hoursChecked ?? null),
    ),
    gauge(
      'reconciliation_hours_differing',
      'Hours of entities that were not those of Home Assistant, for no reason that is known.',
      one(outcome?.hoursDiffering ?? null),
    ),
    gauge(
      'reconciliation_readings_added',
      'Readings that the last reconciliation found missing and fetched.',
      one(last?.readingsAdded ?? null),
    ),
    gauge(
      'proof_unproven_hours',
      'Hours of entities in the last ten days not yet compared with Home Assistant’s history.',
      one(unverifiedHours),
    ),
    gauge(
      'tickets_open',
      'Tickets that ask for a decision, by kind.',
      open === null
        ? []
        : ticketKind.options.map((kind) => ({ labels: { kind }, value: open.get(kind) ?? 0 })),
    ),
  ];
}
