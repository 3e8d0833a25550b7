/**
 * Goal: what the environment and the app's options say becomes one value, and what is wrong is named, without secrets.
 * Method: environments and option files as the Supervisor, npm start and a clumsy user write them.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OptionsError, questdbPgUrl, readOptions } from './options.ts';

function dataDir(options?: unknown): string {
  const dir = mkdtempSync(join(tmpdir(), 'options-'));
  if (options !== undefined)
    writeFileSync(join(dir, 'options.json'), typeof options === 'string' ? options : JSON.stringify(options));
  return dir;
}
const read = (env: NodeJS.ProcessEnv, options?: unknown) =>
  readOptions({ DATA_DIR: dataDir(options), ...env }, '/app');

function problemsOf(env: NodeJS.ProcessEnv, options?: unknown): readonly string[] {
  try {
    read(env, options);
  } catch (error) {
    if (error instanceof OptionsError) return error.problems;
    throw error;
  }
  return [];
}

describe('options', () => {
  it('have defaults for a container', () => {
    expect(read({})).toMatchObject({
      homeAssistant: { kind: 'saved' },
      host: '127.0.0.1',
      port: 8099,
      ingressAddress: '172.30.32.2',
      questdbUrl: 'http://127.0.0.1:9000',
      questdbPgUrl: 'postgres://admin:quest@127.0.0.1:8812/qdb',
      mongodbUrl: 'mongodb://127.0.0.1:27017/energy_ledger',
      logLevel: 'info',
      panelDir: '/app/dist/panel',
      trackedEntities: [],
    });
    expect(Object.isFrozen(read({}))).toBe(true);
  });

  it('come from the Supervisor: its token, options with blanks for what is not set', () => {
    const options = {
      tracked_entities: ['sensor.a'],
      log_level: 'warning',
      questdb_url: '',
      mongodb_url: null,
    };
    expect(read({ SUPERVISOR_TOKEN: 's', HA_URL: 'http://x', HA_TOKEN: 't' }, options)).toMatchObject({
      homeAssistant: { kind: 'supervisor', token: 's' },
      logLevel: 'warn',
      trackedEntities: ['sensor.a'],
      questdbUrl: 'http://127.0.0.1:9000',
    });
  });

  it('of the app win over the environment, the PostgreSQL address along with them', () => {
    const found = read(
      { QUESTDB_URL: 'http://127.0.0.1:9001', QUESTDB_PG_URL: 'postgres://admin:quest@127.0.0.1:8813/qdb' },
      { questdb_url: 'https://me:p%40ss@big.example:9000' },
    );
    expect(found.questdbUrl).toBe('https://me:p%40ss@big.example:9000');
    expect(found.questdbPgUrl).toBe('postgres://me:p%40ss@big.example:8812/qdb?sslmode=verify-full');
  });

  it('derive QuestDB’s PostgreSQL address from its HTTP one', () => {
    expect(questdbPgUrl('http://[::1]:9000')).toBe('postgres://admin:quest@[::1]:8812/qdb');
  });

  it('take an empty variable for none', () => {
    expect(read({ SUPERVISOR_TOKEN: '', HA_URL: '', HA_TOKEN: '', PORT: '' }).homeAssistant).toEqual({
      kind: 'saved',
      refused: null,
    });
  });

  it.each(['http://me:hush@x', 'http://me@x:8123', 'https://:hush@x/path'])(
    'do not use %s: it would be shown',
    (url) => {
      const { homeAssistant } = read({ HA_URL: url, HA_TOKEN: 'token' });
      if (homeAssistant.kind !== 'saved') throw new Error(`used as ${homeAssistant.kind}`);
      expect(homeAssistant.refused).toContain('HA_URL holds a user name or password');
      expect(JSON.stringify(homeAssistant)).not.toContain('hush');
    },
  );

  it.each(['prefer', 'require', 'verify-ca', 'verify-full'])(
    'have certificates verified with sslmode=%s',
    (mode) => {
      const pgUrl = `postgres://me:p@big.example:8812/qdb?sslmode=${mode}`;
      expect(read({ QUESTDB_PG_URL: pgUrl }).questdbPgUrl).toBe(
        'postgres://me:p@big.example:8812/qdb?sslmode=verify-full',
      );
      expect(read({ QUESTDB_PG_URL: `${pgUrl}&x=1` }).questdbPgUrl).toContain('sslmode=verify-full&x=1');
    },
  );

  it('give the bundled QuestDB’s credentials to an address of this machine that names none', () => {
    const dir = dataDir();
    writeFileSync(join(dir, 'questdb-credentials'), 'energy_ledger:0a1b\n');
    const of = (env: NodeJS.ProcessEnv) => {
      const { questdbUrl, questdbPgUrl: pgUrl } = readOptions({ DATA_DIR: dir, ...env }, '/app');
      return [questdbUrl, pgUrl];
    };
    expect(of({})).toEqual([
      'http://energy_ledger:0a1b@127.0.0.1:9000',
      'postgres://energy_ledger:0a1b@127.0.0.1:8812/qdb',
    ]);
    expect(of({ QUESTDB_URL: 'http://[::1]:9', QUESTDB_PG_URL: 'postgres://localhost:8/qdb' })).toEqual([
      'http://energy_ledger:0a1b@[::1]:9',
      'postgres://energy_ledger:0a1b@localhost:8/qdb',
    ]);
    for (const url of ['http://127.0.0.1.evil.example:9000', 'http://me:p@127.0.0.1:9000', 'http://x:9000'])
      expect(of({ QUESTDB_URL: url })[0]).toBe(url);
    writeFileSync(join(dir, 'options.json'), JSON.stringify({ questdb_url: 'http://127.0.0.1:9000' }));
    expect(of({})[0]).toBe('http://127.0.0.1:9000');
    writeFileSync(join(dir, 'questdb-credentials'), 'energy ledger:hu@sh');
    expect(() => of({})).toThrow(/questdb-credentials .* can’t be used/);
    expect(() => of({})).not.toThrow(/hu@sh/);
  });

  it.each([
    [{ HA_URL: 'http://x' }, undefined, 'HA_TOKEN'],
    [{ HA_URL: 'x', HA_TOKEN: 'hush' }, undefined, 'HA_URL'],
    [{ PORT: 'eighty' }, undefined, 'PORT'],
    [{ PORT: '70000' }, undefined, 'PORT'],
    [{ MONGODB_URL: 'http://u:hush@x' }, undefined, 'MONGODB_URL'],
    [{ INGRESS_ADDRESS: 'home' }, undefined, 'INGRESS_ADDRESS'],
    [{ LOG_LEVEL: 'loud' }, undefined, 'LOG_LEVEL'],
    [{ QUESTDB_PG_URL: 'postgres://u:hush@x/qdb?sslmode=no-verify' }, undefined, 'QUESTDB_PG_URL'],
    [
      { QUESTDB_PG_URL: 'postgres://u:hush@x/qdb?sslmode=require&uselibpqcompat=true' },
      undefined,
      'QUESTDB_PG',
    ],
    [{ QUESTDB_PG_URL: 'postgres://u:hush@x/qdb?ssl=no-verify' }, undefined, 'QUESTDB_PG_URL'],
    [{ MONGODB_URL: 'mongodb://u:hush@x/db?tls=true&tlsInsecure=true' }, undefined, 'MONGODB_URL'],
    [{}, { mongodb_url: 'mongodb://u:hush@x/db?tls=true&tlsAllowInvalidHostnames=true' }, 'mongodb_url'],
    [{}, '{', 'options.json'],
    [{}, { tracked_entities: ['Grid import'] }, 'tracked_entities.0'],
    [{}, { questdb_url: 'ftp://u:hush@x' }, 'questdb_url'],
  ])('that are wrong are named: %j %j', (env, options, name) => {
    const problems = problemsOf(env, options);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(name);
    expect(problems[0]).not.toContain('hush');
  });
});
