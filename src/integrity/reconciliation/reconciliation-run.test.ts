/**
 * Goal: a run reports what it checked, what was missing, what it changed and what it could not check; only tickets in its
 * scope pass.
 * Method: one run at a time over a home in memory; coverage verifier, journal and tickets answer by hand.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import type { HoursToVerify, VerificationResult } from '../../recording/coverage-store.ts';
import type { SyncRun } from '../../recording/sync-log.ts';
import { reading, testClock } from '../../recording/testing/doubles.ts';
import { dayUs, hourUs, minuteUs } from '../../units/durations.ts';
import { meterId, ReconciledHome } from '../testing/reconciled-home.ts';
import type { CheckedScope, Detected } from '../tickets/tickets.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';
import { begunJob, type ReconciliationJob, ReconciliationRun, Stopped } from './reconciliation-run.ts';

const startUs = Date.UTC(2026, 10, 24) * 1000;
const at = (hour: number) => startUs + hour * hourUs;
const nowUs = at(30);

let home: ReconciledHome;
let proofs: Record<string, Partial<VerificationResult>>;
let journal: Partial<PostedEntry>[];
let journalAsked: (readonly [string, number, number])[];
let asked: HoursToVerify[];
let settled: number;
let touched: unknown[][];
let reports: { detected: readonly Detected[]; scope: CheckedScope | null; syncId: string | null }[];
let progress: SyncRun[];
let stop: AbortController;

const sensor = (entityId: string): ReconciledEntity => ({
  ...{ entityId, unit: '%', meter: null, ownerId: null, power: null },
});
const job: ReconciliationJob = {
  ...{ syncId: 'run-1', kind: 'reconciliation', startUs: at(0), endUs: at(6), entityIds: null },
  startedAtUs: nowUs,
};

beforeEach(() => {
  home = new ReconciledHome();
  home.entities = ['sensor.a', 'sensor.b', 'import:c'].map(sensor);
  [proofs, journal, journalAsked, asked, settled, touched, reports, progress] = [
    {},
    [],
    [],
    [],
    0,
    [],
    [],
    [],
  ];
  stop = new AbortController();
});

function runOf(change: Partial<ReconciliationJob> = {}): ReconciliationRun {
  const deps = {
    ...home.deps(),
    clock: { ...testClock, nowUs: () => nowUs },
    coverageVerifier: {
      unverifiedCount: async () => 0,
      verify: async (
        question: HoursToVerify,
        { onVerified }: { onVerified: (id: string, proof: VerificationResult) => void },
      ) => {
        asked.push(question);
        for (const [id, proof] of Object.entries(proofs))
          onVerified(id, { hours: 6, found: [], error: null, ...proof });
      },
    },
    posting: {
      markDirty: (...what: unknown[]) => void touched.push(what),
      settle: async () => {
        settled += 1;
      },
    },
    ledger: {
      current: home.ledger.current.bind(home.ledger),
      journal: async (entityId: string, askedStartUs: number, askedEndUs: number) => {
        journalAsked.push([entityId, askedStartUs, askedEndUs]);
        return journalAsked.length === 1 ? (journal as PostedEntry[]) : [];
      },
    },
    tickets: {
      count: async () => undefined,
      report: async (detected: readonly Detected[], scope: CheckedScope | null, syncId: string | null) => {
        reports.push({ detected, scope, syncId });
        return { opened: 7, passed: 0 };
      },
    },
  };
  const environment = { signal: stop.signal, onProgress: (run: SyncRun) => void progress.push(run) };
  return new ReconciliationRun(deps, { ...job, ...change }, environment);
}

const gapOf = (entityId: string, fromHour: number, added: number, isFirst = false) => ({
  ...{ entityId, firstUs: at(fromHour), lastUs: at(fromHour + 1), added, isFirst },
});

describe('a run', () => {
  it('begins with nothing done', () => {
    expect(begunJob(job, 3)).toEqual({
      ...{ syncId: 'run-1', kind: 'reconciliation', startUs: at(0), endUs: at(6), status: 'running' },
      ...{ entitiesTotal: 3, entitiesDone: 0, readingsAdded: 0, error: null },
      ...{ startedAtUs: nowUs, finishedAtUs: null },
      outcome: { hoursChecked: 0, hoursDiffering: 0, holesFound: 0, entriesRevised: 0, ticketsOpened: 0 },
    });
  });

  it('that finds nothing changes nothing, and checks everything', async () => {
    expect(await runOf().do()).toMatchObject({
      ...{ status: 'success', error: null, entitiesTotal: 3, entitiesDone: 3, readingsAdded: 0 },
      ...{ finishedAtUs: nowUs, outcome: { holesFound: 0, entriesRevised: 0, ticketsOpened: 7 } },
    });
    expect([settled, touched, journalAsked]).toEqual([0, [], []]);
    expect(progress.map(({ entitiesDone }) => entitiesDone)).toEqual([0, 1, 2, 3, 3]);
    expect(reports).toMatchObject([
      {
        detected: [],
        syncId: 'run-1',
        scope: {
          ...{ entityIds: new Set(['sensor.a', 'sensor.b', 'import:c']), home: true },
          ...{ startUs: at(0), endUs: at(6) },
        },
      },
    ]);
  });

  it('verifies entities with states, to the exact end only on request', async () => {
    await runOf().do();
    await runOf({ kind: 'hourly' }).do();
    const entityIds = ['sensor.a', 'sensor.b'];
    expect(asked).toEqual([
      { entityIds, startUs: at(0), endUs: at(6), isExact: true },
      { entityIds, startUs: at(0), endUs: at(6), isExact: false },
    ]);
  });

  it('of some checks these, and not the home', async () => {
    expect((await runOf({ entityIds: ['sensor.b', 'sensor.gone'] }).do()).entitiesTotal).toBe(1);
    expect(reports[0]?.scope).toMatchObject({ entityIds: new Set(['sensor.b']), home: false });
  });
});

describe('what was missing', () => {
  it('is added up, posted and reported, and its revisions are counted', async () => {
    proofs = {
      'sensor.a': { found: [gapOf('sensor.a', 2, 3), gapOf('sensor.a', 4, 2)] },
      'sensor.b': { found: [gapOf('sensor.b', 1, 10)] },
    };
    const entry = { cause: 'reconciled', postedAtUs: nowUs } as const;
    journal = [
      entry,
      { ...entry, cause: 'late' },
      { ...entry, cause: 'settled' },
      { ...entry, postedAtUs: nowUs - 1 },
      { ...entry, cause: 'late', postedAtUs: nowUs + 5 },
    ];
    expect(await runOf().do()).toMatchObject({
      readingsAdded: 15,
      outcome: { holesFound: 3, entriesRevised: 3 },
    });
    expect(settled).toBe(1);
    expect(touched).toEqual([
      ['sensor.a', { startUs: at(2), endUs: at(3) + 1 }, 'reconciled'],
      ['sensor.a', { startUs: at(4), endUs: at(5) + 1 }, 'reconciled'],
      ['sensor.b', { startUs: at(1), endUs: at(2) + 1 }, 'reconciled'],
    ]);
    expect(
      reports[0]?.detected.map(({ finding, handling }) => [finding.entityId, finding.kind, handling]),
    ).toEqual([
      ['sensor.a', 'readings_missing', 'record'],
      ['sensor.a', 'readings_missing', 'record'],
      ['sensor.b', 'readings_missing', 'record'],
    ]);
    // From a day before the first, whose difference reaches back, to the quarter-hour in which the last lies.
    expect(journalAsked).toEqual([
      ['sensor.a', at(2) - dayUs, at(2)],
      ['sensor.a', at(2), at(5) + 1],
      ['sensor.b', at(1) - dayUs, at(1)],
      ['sensor.b', at(1), at(2) + 1],
    ]);
  });

  it('of a day ends with the instant of its last reading', async () => {
    proofs = { 'sensor.a': { found: [{ ...gapOf('sensor.a', 0, 9), lastUs: at(24) }] } };
    await runOf().do();
    expect(journalAsked.map(([, from, until]) => [from, until])).toEqual([
      [at(-24), at(0)],
      [at(0), at(24)],
      [at(24), at(24) + 1],
    ]);
  });

  it('is no gap in the first fetch of an entity', async () => {
    proofs = { 'sensor.a': { found: [gapOf('sensor.a', 2, 3, true)] } };
    expect(await runOf().do()).toMatchObject({ readingsAdded: 3, outcome: { holesFound: 0 } });
    expect([settled, touched.length, reports[0]?.detected]).toEqual([1, 1, []]);
  });
});

describe('an entity that can not be checked', () => {
  it('is named, and none of its tickets pass, nor the home’s', async () => {
    proofs = { 'sensor.b': { error: 'no history' } };
    expect(await runOf().do()).toMatchObject({
      status: 'partial',
      error: 'sensor.b: no history',
      entitiesDone: 3,
    });
    expect(reports[0]?.scope).toMatchObject({ entityIds: new Set(['sensor.a', 'import:c']), home: false });
  });

  it('fails the run only with all others', async () => {
    home.statistics.fault = () => 'refused';
    expect(await runOf().do()).toMatchObject({
      status: 'failed',
      error: ['sensor.a', 'sensor.b', 'import:c'].map((id) => `${id}: Home Assistant refused`).join('; '),
    });
    home.statistics.fault = ([id]) => (id === 'import:c' ? null : 'refused');
    expect((await runOf().do()).status).toBe('partial');
  });

  it('is one of five that are named', async () => {
    home.entities = Array.from({ length: 7 }, (_, n) => sensor(`sensor.${n}`));
    home.statistics.fault = () => 'refused';
    expect((await runOf().do()).error?.split('; ')).toHaveLength(5);
    expect((await runOf().do()).error).toMatch(/^sensor\.0: /);
  });

  it('because Home Assistant is away ends the run, to be done again', async () => {
    home.statistics.connect(false);
    const run = runOf();
    await expect(run.do()).rejects.toThrow(HomeAssistantUnavailable);
    expect(run.run()).toMatchObject({ status: 'running', entitiesDone: 0 });
  });
});

describe('what is found of an entity', () => {
  it('is reported with its own gaps, two hundred at most', async () => {
    const absences = Array.from({ length: 201 }, (_, n) => [
      reading('sensor.a', at(0) + n * 20 * minuteUs, null),
      reading('sensor.a', at(0) + (n * 20 + 11) * minuteUs, 1),
    ]);
    await home.readings.append([reading('sensor.a', at(-1), 1), ...absences.flat()]);
    await runOf({ endUs: at(100) }).do();
    const found = reports[0]?.detected ?? [];
    expect(found).toHaveLength(200);
    expect(found[0]?.finding).toMatchObject({ kind: 'gap', entityId: 'sensor.a', startUs: at(0) });
  });

  it('is the hours that differ, and rows that were not those of Home Assistant', async () => {
    const register: ReconciledEntity = {
      ...{ entityId: meterId, unit: 'kWh', ownerId: null, power: null },
      meter: { entityId: meterId, posts: 'register', kind: 'rising' },
    };
    home.entities = [register];
    await home.play(at(0), 6 * 60);
    for (const [place, row] of home.statistics.rows.entries())
      if (row.period === 'hour' && row.startUs >= at(3))
        home.statistics.rows[place] = { ...row, sum: (row.sum ?? 0) + 1, state: (row.state ?? 0) + 1 };
    journal = [{ cause: 'reconciled', postedAtUs: nowUs }];
    expect(await runOf().do()).toMatchObject({
      outcome: { hoursChecked: 5, hoursDiffering: 1, entriesRevised: 1, holesFound: 0 },
    });
    expect(reports[0]?.detected.map(({ finding }) => [finding.kind, finding.startUs])).toEqual([
      ['hours_differ', at(3)],
    ]);
    expect(journalAsked[0]).toEqual([meterId, at(3) - dayUs, at(3)]);
  });
});

describe('a process that stops', () => {
  it('ends a run before what comes next', async () => {
    const run = runOf();
    stop.abort();
    await expect(run.do()).rejects.toThrow(Stopped);
    expect(reports).toEqual([]);
  });
});
