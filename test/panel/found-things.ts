/** Tickets, runs and a plan in the shape of the API, which a healthy demo home does not have. */
import type { Page, Route } from 'playwright-core';
import type { SyncRunRow } from '../../src/schemas/readings.ts';
import type { TicketStatement } from '../../src/schemas/ticket-statements.ts';
import type { Reconciliation, TicketDraft, TicketRow } from '../../src/schemas/tickets.ts';
import { hourMs } from '../../src/units/durations.ts';

const iso = (ms: number) => new Date(ms).toISOString();
/** Yesterday at this hour, so that its readings exist. */
export const foundAtMs = Math.floor(Date.now() / hourMs) * hourMs - 24 * hourMs;

/** All but what it says. */
type TicketFields = Partial<Omit<TicketRow, keyof TicketStatement>>;

const jumped: TicketStatement = {
  code: 'register_jumped',
  values: { counted: 412.6, lasted_seconds: 900, highest_hour: 2.8, unit: 'kWh' },
};

export function ticketRow(rest: TicketFields, statement: TicketStatement = jumped): TicketRow {
  return {
    ticket_id: 'jump',
    kind: 'register_jumped',
    status: 'open',
    entity_id: 'sensor.ev_charger_energy',
    name: 'EV charger Energy',
    start: iso(foundAtMs),
    end: iso(foundAtMs + 15 * 60_000),
    detail: 'In English, for programs; the panel has words of its own.',
    ...statement,
    unmended: null,
    evidence: [
      { name: 'register_before', value: 1204.31, unit: 'kWh' },
      { name: 'register_after', value: 1616.91, unit: 'kWh' },
      { name: 'counted', value: 412.6, unit: 'kWh' },
      { name: 'highest_usual', value: 2.8, unit: 'kWh' },
    ],
    related_entity_id: null,
    choices: ['accept', 'exclude', 'exchange', 'set_value'],
    decision: null,
    is_undoable: false,
    sync_id: 'nightly-1',
    opened_at: iso(foundAtMs + 16 * hourMs),
    closed_at: null,
    ...rest,
  };
}

export const someTickets: readonly TicketRow[] = [
  ticketRow({}),
  ticketRow(
    {
      ticket_id: 'gap',
      kind: 'gap',
      entity_id: 'sensor.p1_meter_energy_import_tariff_1',
      name: 'P1 meter Energy import tariff 1',
      start: iso(foundAtMs - 50 * hourMs),
      end: iso(foundAtMs - 46.6 * hourMs),
      evidence: [{ name: 'gap_seconds', value: 12_240, unit: 's' }],
      choices: ['accept', 'set_value'],
    },
    { code: 'gap_of_register', values: { lasted_seconds: 12_240, is_open: false } },
  ),
  ticketRow(
    {
      ticket_id: 'spike',
      kind: 'spike',
      status: 'mended',
      entity_id: 'sensor.washing_machine_energy',
      name: 'Washing machine Energy',
      evidence: [{ name: 'counted', value: 0, unit: 'kWh' }],
      choices: [],
      decision: { choice: 'exclude', value: null, automatic: true, by: null, notes: '', at: iso(foundAtMs) },
      is_undoable: true,
      closed_at: iso(foundAtMs + 16 * hourMs),
    },
    {
      code: 'spike',
      values: { before: 1204.31, farthest: 0, after: 1204.31, readings: 4, unit: 'kWh' },
    },
  ),
  ticketRow(
    {
      ticket_id: 'missing',
      kind: 'readings_missing',
      status: 'mended',
      entity_id: 'sensor.p1_meter_power',
      name: 'P1 meter Power',
      end: iso(foundAtMs + hourMs),
      evidence: [
        { name: 'readings_ours', value: 323, unit: '' },
        { name: 'readings_theirs', value: 360, unit: '' },
        { name: 'added', value: 37, unit: '' },
      ],
      choices: [],
      closed_at: iso(foundAtMs + 16 * hourMs),
    },
    { code: 'readings_added', values: { readings: 37 } },
  ),
  ticketRow(
    {
      ticket_id: 'drift',
      kind: 'clock_drift',
      status: 'passed',
      entity_id: null,
      name: null,
      evidence: [{ name: 'drift_seconds', value: 14, unit: 's' }],
      choices: [],
      closed_at: iso(foundAtMs + 2 * hourMs),
    },
    { code: 'clock_behind', values: { drift_seconds: 14 } },
  ),
];

const run = (rest: Partial<SyncRunRow>): SyncRunRow => ({
  sync_id: 'nightly-1',
  kind: 'nightly',
  start_time: iso(foundAtMs - 240 * hourMs),
  end_time: iso(foundAtMs),
  status: 'success',
  entities_total: 31,
  entities_done: 31,
  readings_added: 37,
  error: null,
  started_at: iso(foundAtMs + 16 * hourMs),
  finished_at: iso(foundAtMs + 16 * hourMs + 84_000),
  outcome: {
    hours_checked: 4320,
    hours_differing: 2,
    holes_found: 1,
    entries_revised: 5,
    tickets_opened: 3,
  },
  ...rest,
});
export const someRuns: readonly SyncRunRow[] = [
  run({
    sync_id: 'now-1',
    kind: 'reconciliation',
    status: 'running',
    entities_done: 12,
    readings_added: 0,
    started_at: iso(Date.now() - 20_000),
    finished_at: null,
    outcome: null,
  }),
  run({ sync_id: 'hourly-1', kind: 'hourly', readings_added: 0, outcome: null }),
  run({}),
  run({ sync_id: 'start-1', kind: 'start', outcome: null, readings_added: 45_120 }),
  run({
    sync_id: 'reconnect-1',
    kind: 'reconnect',
    status: 'partial',
    outcome: null,
    error: 'Home Assistant gave no history of 2 entities.',
  }),
];

const somePlan: Reconciliation = {
  last_hourly: iso(Date.now() - hourMs / 2),
  last_nightly: iso(foundAtMs + 16 * hourMs),
  next_hourly: iso(Date.now() + hourMs / 2),
  next_nightly: iso(foundAtMs + 40 * hourMs),
  running: false,
  plan: {
    start: iso(foundAtMs - 216 * hourMs),
    end: iso(foundAtMs + 24 * hourMs),
    entities: 18,
    hours: 4320,
    unproven_hours: 432,
  },
  tolerance: { absolute: 0.01, relative: 0.01 },
};

function ticketIdOf(route: Route): string {
  return decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-2) ?? '');
}

export interface Found {
  tickets: TicketRow[];
  /** The requested resolutions, dry runs included. */
  readonly resolutions: { ticketId: string; draft: TicketDraft }[];
  readonly undone: string[];
  checks: number;
}

/** The page receives these instead of the app's tickets; decisions and undoing change them as the API would. */
export async function withFound(page: Page, rows: readonly TicketRow[]): Promise<Found> {
  const found: Found = { tickets: [...rows], resolutions: [], undone: [], checks: 0 };
  const replace = (ticketId: string, change: TicketFields): TicketRow | undefined => {
    found.tickets = found.tickets.map((one) => (one.ticket_id === ticketId ? { ...one, ...change } : one));
    return found.tickets.find((one) => one.ticket_id === ticketId);
  };
  await page.route(/\/api\/tickets(\?|$)/, (route) =>
    route.fulfill({
      json: {
        tickets: found.tickets,
        count: found.tickets.length,
        open_count: found.tickets.filter(({ status }) => status === 'open').length,
      },
    }),
  );
  await page.route('**/api/tickets/*/resolve', async (route) => {
    const ticketId = ticketIdOf(route);
    const draft = route.request().postDataJSON() as TicketDraft;
    found.resolutions.push({ ticketId, draft });
    const before = found.tickets.find((one) => one.ticket_id === ticketId);
    const decided: TicketFields = {
      status: 'decided',
      decision: {
        choice: draft.choice,
        value: draft.value ?? null,
        automatic: false,
        by: 'Anna',
        notes: draft.notes ?? '',
        at: iso(Date.now()),
      },
      is_undoable: true,
      closed_at: iso(Date.now()),
    };
    const ticket = draft.dry_run ? { ...before, ...decided } : replace(ticketId, decided);
    const changes =
      draft.choice === 'accept'
        ? null
        : {
            entries: 1,
            quantity_before: 412.6,
            quantity_after: draft.value ?? 0,
            start: before?.start,
            end: before?.end,
          };
    await route.fulfill({ json: { ticket, dry_run: draft.dry_run === true, changes } });
  });
  await page.route('**/api/tickets/*/undo', async (route) => {
    const ticketId = ticketIdOf(route);
    found.undone.push(ticketId);
    const ticket = replace(ticketId, { status: 'open', decision: null, is_undoable: false, closed_at: null });
    await route.fulfill({ json: { ticket, dry_run: false, changes: null } });
  });
  await page.route('**/api/reconciliation', async (route) => {
    if (route.request().method() !== 'POST') return await route.fulfill({ json: somePlan });
    found.checks += 1;
    await route.fulfill({ status: 202, json: { sync_id: 'now-2' } });
  });
  await page.route(/\/api\/syncs(\?|$)/, (route) =>
    route.fulfill({ json: { syncs: someRuns, count: someRuns.length } }),
  );
  return found;
}
