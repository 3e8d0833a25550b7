/** The whole process against the real stores and a demo home, in this process, on free ports. */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, vi } from 'vitest';
import type { z } from 'zod';
import { type DemoHome, startDemoHome } from '../../addon/demo-home/demo-home.ts';
import { createAdapters } from '../../src/composition/adapters.ts';
import { EnergyLedger } from '../../src/composition/energy-ledger.ts';
import { readOptions } from '../../src/composition/options.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { status } from '../../src/schemas/status.ts';
import { quietLog } from './questdb-fixture.ts';

export interface RunningLedger {
  readonly url: string;
  /** Parses the answer by its contract; fails when the status is another. */
  get<T extends z.ZodType>(path: string, schema: T, code?: number): Promise<z.output<T>>;
  post<T extends z.ZodType>(path: string, body: unknown, schema: T, code?: number): Promise<z.output<T>>;
  stop(): Promise<void>;
}

export interface LedgerPlace {
  readonly dataDir: string;
  readonly database: string;
}

/** Folder and database of a home of its own; the same place again is a restart. */
export async function newPlace(): Promise<LedgerPlace> {
  return {
    dataDir: await mkdtemp(join(tmpdir(), 'energy-ledger-api-')),
    database: `test_${randomUUID().replaceAll('-', '')}`,
  };
}

export async function startLedger(
  place: LedgerPlace,
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningLedger> {
  const mongodbUrl = new URL(inject('mongodbUrl'));
  mongodbUrl.pathname = `/${place.database}`;
  const options = readOptions(
    {
      DATA_DIR: place.dataDir,
      PORT: '0',
      QUESTDB_URL: inject('questdbUrl'),
      QUESTDB_PG_URL: inject('questdbPgUrl'),
      MONGODB_URL: mongodbUrl.href,
      ...environment,
    },
    process.cwd(),
  );
  const adapters = createAdapters(options, systemClock, quietLog);
  const ledger = new EnergyLedger({ options, adapters, clock: systemClock, log: quietLog, version: '0.0.0' });
  const port = await ledger.start();
  const url = `http://127.0.0.1:${port}`;
  const answer = async <T extends z.ZodType>(response: Response, schema: T, code: number) => {
    const body: unknown = await response.json();
    expect(response.status, JSON.stringify(body).slice(0, 500)).toBe(code);
    return schema.parse(body);
  };
  return {
    url,
    get: async (path, schema, code = 200) => answer(await fetch(`${url}${path}`), schema, code),
    post: async (path, body, schema, code = 200) =>
      answer(
        await fetch(`${url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
        schema,
        code,
      ),
    stop: () => ledger.stop(),
  };
}

/** A home that moved in yesterday: its past is short, so that a test need not wait for it. */
export function newDemoHome(token: string): Promise<DemoHome> {
  const installedOn = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  return startDemoHome({ token, port: 0, seed: 7, p1Seconds: 10, installedOn });
}

/** Waits until all parts are well, entities are tracked, and the past has been brought in. */
export async function untilSettled(ledger: RunningLedger): Promise<z.output<typeof status>> {
  return await vi.waitFor(
    async () => {
      const now = await ledger.get('/api/status', status);
      expect(now.status).toBe('ok');
      expect(now.recorder.entities_tracked).toBeGreaterThan(0);
      expect(now.backfill).toMatchObject({ running: false, last_finished_at: expect.any(String) });
      return now;
    },
    { timeout: 150_000, interval: 200 },
  );
}
