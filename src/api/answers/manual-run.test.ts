/**
 * Goal: only administrators start a back-fill or a fetch of statistics, and one of each is at work at a time.
 * Method: the API over the sampled home, asked through ingress and with a run that is kept under way.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncRun } from '../../recording/sync-log.ts';
import { HttpProblem } from '../http/problems.ts';
import { TestApi } from '../testing/test-api.ts';
import { ManualRun } from './manual-run.ts';

const paths = ['/api/subscription/backfill', '/api/statistics/sync'] as const;

function run(syncId: string, status: SyncRun['status']): SyncRun {
  const counts = { entitiesTotal: 1, entitiesDone: 0, readingsAdded: 0 };
  const times = { startUs: 0, endUs: 1, startedAtUs: 0, finishedAtUs: null };
  return { syncId, kind: 'manual', status, error: null, ...counts, ...times };
}

let api: TestApi;
beforeEach(async () => {
  api = await new TestApi().ready();
});

describe.each(paths)('%s', (path) => {
  const start = (userId: string | null, json: object = {}) =>
    api.fetch(path, {
      json,
      from: '172.30.32.2',
      headers: {
        'x-ingress-path': '/api/hassio_ingress/abc',
        ...(userId === null ? {} : { 'x-remote-user-id': userId }),
      },
    });
  it('is for administrators', async () => {
    expect((await start('child')).status).toBe(403);
    expect((await start(null)).status).toBe(403);
    expect([api.backfilled.length, api.ledger.imports.length]).toEqual([0, 0]);
    expect((await start('admin')).status).toBe(202);
    expect((await api.fetch(path, { json: {} })).status).toBe(202);
  });
});

describe('a back-fill that is asked for', () => {
  const start = (json: object) => api.fetch(paths[0], { json });
  const idOf = async (response: Response) => ((await response.json()) as { sync_id: string }).sync_id;
  it('again while it is at work is the same run, and another one has to wait', async () => {
    const meter = api.home.tracked()[0]?.entityId;
    expect(await idOf(await start({ entity_ids: [meter] }))).toBe('run-1');
    api.filling = run('run-1', 'running');
    expect(await idOf(await start({ entity_ids: [meter] }))).toBe('run-1');
    const other = await start({});
    expect(other.status).toBe(409);
    expect(await other.text()).toContain('run-1');
    expect(api.backfilled).toHaveLength(1);
    // Looking again at its end, it is done.
    api.filling = run('run-1', 'success');
    expect((await start({})).status).toBe(202);
    expect(api.backfilled).toHaveLength(2);
  });
});

describe('one run at a time', () => {
  it('is the same whatever order the entities are named in, and begins anew when it is done', () => {
    let isRunning = true;
    const runs = new ManualRun((syncId) => (isRunning ? run(syncId, 'running') : null));
    let count = 0;
    const begin = () => `run-${++count}`;
    expect(runs.start({ entityIds: ['a', 'b'], period: 'hour' }, begin)).toBe('run-1');
    expect(runs.start({ entityIds: ['b', 'a'], period: 'hour' }, begin)).toBe('run-1');
    expect(() => runs.start({ entityIds: ['a', 'b'], period: '5minute' }, begin)).toThrow(HttpProblem);
    expect(() => runs.start({ entityIds: undefined }, begin)).toThrow(/run-1/);
    isRunning = false;
    expect(runs.start({ entityIds: undefined }, begin)).toBe('run-2');
  });
});
