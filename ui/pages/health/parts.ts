/** The parts in the status. A new part is shown without changes here; known parts have names and facts. Pure. */
import type { PartProblemRow, PartProblemValues } from '../../../src/schemas/part-problems.ts';
import type { Status } from '../../../src/schemas/status.ts';
import { formatAge, formatInstant, type Locale } from '../../format/instants.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

interface Part {
  readonly key: string;
  readonly name: string;
  readonly isOk: boolean;
  /** What is wrong and what to do; null when all is well. */
  readonly detail: string | null;
  readonly facts: readonly string[];
}

/** In the order in which readings flow; other parts follow. */
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

type ReportedPart = Pick<Status['questdb'], 'ok' | 'problems'>;

function isPart(value: unknown): value is ReportedPart {
  return typeof value === 'object' && value !== null && typeof (value as ReportedPart).ok === 'boolean';
}

interface FactContext {
  readonly t: Texts['health']['parts'];
  readonly count: (value: number) => string;
  readonly bytes: (value: number) => string;
  readonly when: (iso: string) => string;
  readonly age: (iso: string) => string;
}

type Facts = (status: Status, context: FactContext) => (string | false)[];

/** When something that runs now and then ran last. */
function lastRun(isRunning: boolean, lastAt: string | null, { t, when }: FactContext): string {
  if (isRunning) return t.running;
  return lastAt === null ? t.neverRun : t.lastRun(when(lastAt));
}

/** What each known part says beside its state. */
const factsOf: Readonly<Record<string, Facts>> = {
  home_assistant: ({ home_assistant: home }, { t, when, count }) => [
    home.version !== null &&
      home.connected_since !== null &&
      t.connectedSince(home.version, when(home.connected_since)),
    home.reconnect_count > 0 && t.reconnects(count(home.reconnect_count), home.reconnect_count === 1),
  ],
  recorder: ({ recorder }, { t, age, count }) => [
    recorder.last_reading_at === null ? t.noReading : t.newest(age(recorder.last_reading_at)),
    t.stored(count(recorder.readings_stored), count(recorder.queue_length)),
  ],
  questdb: ({ questdb }, { t }) => [questdb.ok && t.answers],
  mongodb: ({ mongodb }, { t }) => [mongodb.ok && t.answers],
  spool: ({ spool }, { t, count, bytes }) => [
    spool.readings === 0
      ? t.spoolEmpty
      : t.spoolHolds(count(spool.readings), bytes(spool.bytes), bytes(spool.limit_bytes)),
  ],
  heartbeat: ({ heartbeat }, { t, when, count }) => [
    heartbeat.last_compared_at !== null && t.compared(when(heartbeat.last_compared_at)),
    heartbeat.silences > 0 && t.silences(count(heartbeat.silences), heartbeat.silences === 1),
  ],
  disk: ({ disk }, { t, bytes }) => [
    disk.free_bytes !== null &&
      disk.total_bytes !== null &&
      t.free(bytes(disk.free_bytes), bytes(disk.total_bytes)),
  ],
  ledger: ({ ledger }, { t, when }) => [
    ledger.posting_past && t.postingPast,
    ledger.last_posted_at !== null && t.lastPosted(when(ledger.last_posted_at)),
  ],
  proof: ({ proof }, { t, when, count }) => [
    proof.running && t.running,
    proof.proven_until !== null && t.verifiedUntil(when(proof.proven_until)),
    (proof.unproven_hours ?? 0) > 0 && t.unverified(count(proof.unproven_hours ?? 0)),
  ],
  backfill: ({ backfill }, context) => [lastRun(backfill.running, backfill.last_finished_at, context)],
  statistics: ({ statistics }, context) => [
    lastRun(statistics.running, statistics.last_finished_at, context),
  ],
  reconciliation: ({ reconciliation: { running, last_finished_at: lastAt, next_at: nextAt } }, context) => [
    lastRun(running, lastAt, context),
    nextAt !== null && context.t.nextAt(context.when(nextAt)),
  ],
  discovery: ({ discovery }, { t, when, count }) => [
    discovery.last_run_at === null
      ? t.neverRun
      : t.found(count(discovery.entities_found), when(discovery.last_run_at)),
  ],
};

function problemsText(problems: readonly PartProblemRow[], { t, bytes }: FactContext): string | null {
  return problems.length === 0
    ? null
    : problems.map((problem) => sentence(problem, t.problems, bytes)).join(' ');
}

function sentence<C extends keyof PartProblemValues>(
  { code, values }: PartProblemRow<C>,
  texts: Texts['health']['parts']['problems'],
  bytes: (value: number) => string,
): string {
  return texts[code](values, bytes);
}

export function partsOf(status: Status, t: Texts['health']['parts'], locale: Locale, atMs: number): Part[] {
  const { language } = locale;
  const context: FactContext = {
    t,
    count: (value) => formatCount(value, language),
    bytes: (value) => formatBytes(value, language),
    when: (iso) => formatInstant(iso, 'moment', locale),
    age: (iso) => formatAge(atMs - Date.parse(iso), language),
  };
  const names = t as Readonly<Record<string, unknown>>;
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.entries(status)
    .flatMap(([key, part]): Part[] => {
      if (!isPart(part)) return [];
      const name = names[key];
      return [
        {
          key,
          name: typeof name === 'string' ? name : key.replaceAll('_', ' '),
          isOk: part.ok,
          detail: problemsText(part.problems, context),
          facts: (factsOf[key]?.(status, context) ?? []).filter((fact) => fact !== false),
        },
      ];
    })
    .sort((one, other) => rank(one.key) - rank(other.key));
}
