/** The parts that the status tells of, whichever there are: a new one shows by itself, a known one says more. Pure. */
import type { Status } from '../../../src/schemas/status.ts';
import { formatAge, formatInstant, type Locale } from '../../format/instants.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

export interface Part {
  readonly key: string;
  readonly name: string;
  readonly isOk: boolean;
  readonly detail: string | null;
  readonly facts: readonly string[];
}

/** As the readings flow; what is not named here comes after. */
const order = [
  'home_assistant',
  'heartbeat',
  'recorder',
  'spool',
  'questdb',
  'mongodb',
  'disk',
  'ledger',
  'backfill',
  'statistics',
  'reconciliation',
  'proof',
  'discovery',
];

interface Told {
  readonly ok: boolean;
  readonly detail: string | null;
}

function isPart(value: unknown): value is Told {
  return typeof value === 'object' && value !== null && typeof (value as Told).ok === 'boolean';
}

function factsOf(key: string, status: Status, t: Texts['health']['parts'], locale: Locale, atMs: number) {
  const { language } = locale;
  const count = (value: number) => formatCount(value, language);
  const when = (iso: string) => formatInstant(Date.parse(iso), 'moment', locale);
  const lastRun = (isRunning: boolean, lastAt: string | null) =>
    isRunning ? t.running : lastAt === null ? t.neverRun : t.lastRun(when(lastAt));
  const { home_assistant: home, recorder, spool, backfill, statistics, reconciliation, discovery } = status;
  const { heartbeat, disk, ledger, proof } = status;
  switch (key) {
    case 'home_assistant':
      return [
        ...(home.version !== null && home.connected_since !== null
          ? [t.connectedSince(home.version, when(home.connected_since))]
          : []),
        ...(home.reconnect_count > 0
          ? [t.reconnects(count(home.reconnect_count), home.reconnect_count === 1)]
          : []),
      ];
    case 'recorder':
      return [
        recorder.last_reading_at === null
          ? t.noReading
          : t.newest(formatAge(atMs - Date.parse(recorder.last_reading_at), language)),
        t.stored(count(recorder.readings_stored), count(recorder.queue_length)),
      ];
    case 'questdb':
    case 'mongodb':
      return status[key].ok ? [t.answers] : [];
    case 'spool':
      return [
        spool.readings === 0
          ? t.spoolEmpty
          : t.spoolHolds(
              count(spool.readings),
              formatBytes(spool.bytes, language),
              formatBytes(spool.limit_bytes, language),
            ),
      ];
    case 'heartbeat':
      return [
        ...(heartbeat.last_compared_at === null ? [] : [t.compared(when(heartbeat.last_compared_at))]),
        ...(heartbeat.silences > 0 ? [t.silences(count(heartbeat.silences), heartbeat.silences === 1)] : []),
      ];
    case 'disk':
      return disk.free_bytes === null || disk.total_bytes === null
        ? []
        : [t.free(formatBytes(disk.free_bytes, language), formatBytes(disk.total_bytes, language))];
    case 'ledger':
      return [
        ...(ledger.posting_past ? [t.postingPast] : []),
        ...(ledger.last_posted_at === null ? [] : [t.lastPosted(when(ledger.last_posted_at))]),
      ];
    case 'proof':
      return [
        ...(proof.running ? [t.running] : []),
        ...(proof.proven_until === null ? [] : [t.verifiedUntil(when(proof.proven_until))]),
        ...((proof.unproven_hours ?? 0) > 0 ? [t.unproven(count(proof.unproven_hours ?? 0))] : []),
      ];
    case 'backfill':
      return [lastRun(backfill.running, backfill.last_finished_at)];
    case 'statistics':
      return [lastRun(statistics.running, statistics.last_finished_at)];
    case 'reconciliation':
      return [
        lastRun(reconciliation.running, reconciliation.last_finished_at),
        ...(reconciliation.next_at === null ? [] : [t.nextAt(when(reconciliation.next_at))]),
      ];
    case 'discovery':
      return [
        discovery.last_run_at === null
          ? t.neverRun
          : t.found(count(discovery.entities_found), when(discovery.last_run_at)),
      ];
    default:
      return [];
  }
}

export function partsOf(status: Status, t: Texts['health']['parts'], locale: Locale, atMs: number): Part[] {
  const names = t as Readonly<Record<string, unknown>>;
  const place = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.entries(status)
    .flatMap(([key, told]): Part[] => {
      if (!isPart(told)) return [];
      const name = names[key];
      return [
        {
          key,
          name: typeof name === 'string' ? name : key.replaceAll('_', ' '),
          isOk: told.ok,
          detail: told.detail,
          facts: factsOf(key, status, t, locale, atMs),
        },
      ];
    })
    .sort((one, other) => place(one.key) - place(other.key));
}
