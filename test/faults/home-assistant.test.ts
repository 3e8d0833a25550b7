/**
 * Goal: whatever becomes of Home Assistant, every state that its recorder holds of what is tracked is in QuestDB once,
 * no reading received before is lost because of what it forgot, and the status page says how things stand.
 * Method: a real Home Assistant Core with meters that move without a pause is restarted, put back to a backup,
 * purged, left without its database; entities of it are renamed and change their unit; the app's token is revoked and
 * another saved.
 */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sensors } from '../home-assistant/core/configuration.ts';
import { LedgerProcess } from '../home-assistant/ledger-process.ts';
import { until } from '../home-assistant/until.ts';
import { CoreHome } from './core-home.ts';
import { StatusPage } from './status-page.ts';
import { type ReportedReading, storedReadings } from './stored-readings.ts';

const tracked = new Set<string>([sensors.import, sensors.kettle, sensors.power]);
let home: CoreHome;
let ledger: LedgerProcess;
let page: StatusPage;
let backup: string;
let token: Awaited<ReturnType<CoreHome['makeToken']>>;

beforeAll(async () => {
  backup = await mkdtemp(join(tmpdir(), 'energy-ledger-backup-'));
  home = await CoreHome.start();
  token = await home.makeToken('Energy Ledger');
  ledger = await LedgerProcess.create({ url: home.instance.url, token: token.token }, [...tracked]);
  page = new StatusPage(ledger);
  ledger.start();
  home.run();
  await page.isWell();
});
afterAll(async () => {
  await ledger?.stop();
  await home?.stop();
  await rm(backup, { recursive: true, force: true });
});

/** What waits in the spool is stored when somebody asks. */
const stored = async (entityId: string) => {
  await ledger.status();
  return await storedReadings(ledger.sidecars.questdbUrl, entityId);
};
const storedOfAll = async () =>
  new Map(await Promise.all([...tracked].map(async (id) => [id, await stored(id)] as const)));

/** States that are not among the rows, or there more than once or with another value. */
function lacking(reported: readonly ReportedReading[], rows: readonly ReportedReading[]): ReportedReading[] {
  const found = Map.groupBy(rows, ({ atUs }) => atUs);
  return reported.filter(({ atUs, value }) => {
    const same = found.get(atUs) ?? [];
    const [one] = same;
    return same.length !== 1 || one === undefined || !isSame(one.value, value);
  });
}

/** A unit's factor costs a last digit. */
const isSame = (a: number | null, b: number | null) =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 1e-9 * Math.abs(b));

/** All that the recorder holds is stored once, and so is all that was stored before. */
async function nothingIsLost(
  before: ReadonlyMap<string, readonly ReportedReading[]> = new Map(),
): Promise<void> {
  home.pause();
  await page.isWell();
  let missing: Record<string, unknown> = {};
  await until(
    'all that Home Assistant holds is stored',
    async () => {
      missing = {};
      for (const entityId of tracked) {
        const rows = await stored(entityId);
        const reported = await home.reported(entityId);
        const all = [...reported, ...(before.get(entityId) ?? [])];
        const lacks = lacking(all, rows);
        if (lacks.length > 0)
          missing[entityId] = { of: all.length, lacks: lacks.slice(0, 3), count: lacks.length };
      }
      return Object.keys(missing).length === 0;
    },
    60_000,
  ).catch((cause: unknown) => {
    throw new Error(JSON.stringify(missing), { cause });
  });
  home.run();
}

/** Some seconds of load that are known to be stored. */
async function recorded(count = 40): Promise<void> {
  const rows = async () => (await stored(sensors.import)).length;
  const before = await rows();
  await until(`${count} more readings of the import`, async () => (await rows()) >= before + count, 60_000);
}

const isAway = () =>
  page.says(
    'Home Assistant does not answer',
    ({ code, body }) => code === 503 && body.status === 'down' && !body.home_assistant.ok,
  );

describe('Home Assistant', () => {
  it('may be restarted', async () => {
    await recorded();
    await home.instance.down();
    const status = await isAway();
    expect(status.home_assistant.detail).toMatch(
      /^Home Assistant does not answer .*tried again by itself\.$/,
    );
    expect(status).toMatchObject({ questdb: { ok: true }, mongodb: { ok: true } });
    // For the next test: a backup is consistent when it is made while Core is down.
    await cp(home.instance.folder, backup, { recursive: true });
    await home.instance.up();
    await home.runs();
    await recorded();
    await nothingIsLost();
  });

  it('may be put back to a backup of its past', async () => {
    await recorded();
    const before = await storedOfAll();
    await home.instance.down();
    await isAway();
    for (const name of await readdir(home.instance.folder))
      await rm(join(home.instance.folder, name), { recursive: true });
    await cp(backup, home.instance.folder, { recursive: true });
    await home.instance.up();
    await home.runs();
    // It has forgotten these states, but they were received.
    const [newest] = (before.get(sensors.import) ?? []).slice(-1);
    expect((await home.reported(sensors.import)).some(({ atUs }) => atUs === newest?.atUs)).toBe(false);
    await recorded();
    await nothingIsLost(before);
  });

  it('may purge its database', async () => {
    await recorded();
    const before = await storedOfAll();
    await home.service('recorder', 'purge', { keep_days: 0, repack: true });
    await until('it is purged', async () => {
      const [first] = await home.reported(sensors.import);
      return first === undefined || first.atUs > (before.get(sensors.import)?.[0]?.atUs ?? 0);
    });
    await recorded();
    await nothingIsLost(before);
  });

  it('may lose its database', async () => {
    await recorded();
    const before = await storedOfAll();
    await home.instance.down();
    for (const name of await readdir(home.instance.folder))
      if (name.startsWith('home-assistant_v2.db')) await rm(join(home.instance.folder, name));
    await isAway();
    await home.instance.up();
    await home.runs();
    await recorded();
    await nothingIsLost(before);
  });

  it('may rename an entity', async () => {
    await recorded();
    const before = await storedOfAll();
    const renamed = 'sensor.energy_ledger_boiler';
    await home.ask({
      type: 'config/entity_registry/update',
      entity_id: sensors.kettle,
      new_entity_id: renamed,
    });
    await until('it is followed under its new name', async () => (await stored(renamed)).length > 20, 60_000);
    tracked.add(renamed);
    // Readings under the old name stay there, and are copied to the new one.
    await nothingIsLost(before);
    const status = await page.isWell();
    expect(status.recorder.entities_tracked).toBe(3);
    tracked.delete(sensors.kettle);
  });

  it('may report an entity in another unit', async () => {
    await recorded();
    const before = await storedOfAll();
    await home.ask({
      type: 'config/entity_registry/update',
      entity_id: sensors.import,
      options_domain: 'sensor',
      options: { unit_of_measurement: 'MWh' },
    });
    await recorded();
    await nothingIsLost(before);
    const rows = (await stored(sensors.import)).flatMap(({ value }) => value ?? []);
    const atMost = Math.max(...(before.get(sensors.import) ?? []).map(({ value }) => value ?? 0));
    // In kWh, whatever the reported unit.
    expect(rows.at(-1)).toBeGreaterThan(atMost * 0.5);
    expect(rows.at(-1)).toBeLessThan(atMost * 1.5);
  });

  it('may revoke the token, and takes the next one that is saved', async () => {
    await recorded();
    const before = await storedOfAll();
    await token.revoke();
    const status = await page.says(
      'the token is refused',
      ({ code, body }) => code === 503 && /refuses the access token/.test(body.home_assistant.detail ?? ''),
    );
    expect(status.home_assistant.detail).toContain('make a new one and save it on the settings page');
    // Meanwhile the meters move, and only Home Assistant knows.
    await page.says('what was heard before is stored', ({ body }) => body.recorder.queue_length === 0);
    const rows = (await stored(sensors.import)).length;
    await until('it recorded on', async () => {
      const reported = await home.reported(sensors.import);
      return lacking(reported, await stored(sensors.import)).length > 20;
    });
    expect((await stored(sensors.import)).length).toBe(rows);
    token = await home.makeToken('Energy Ledger again');
    const answer = await fetch(`${ledger.url}/api/settings/home-assistant`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ url: home.instance.url, token: token.token }),
    });
    expect(answer.status).toBe(200);
    await recorded();
    await nothingIsLost(before);
  });
});

it('leaves a ledger that agrees with its evidence', async () => {
  home.pause();
  await page.isWell();
  await page.ledgerIsRight([]);
});
