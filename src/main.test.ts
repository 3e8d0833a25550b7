/**
 * Goal: the process starts with nothing around it, says so, stops cleanly on a signal, and dies loudly on a fault.
 * Method: the real program as a child, on a free port, with addresses at which no server answers.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendRaw } from './api/testing/raw-socket.ts';
import { status } from './schemas/status.ts';

const limitMs = 30_000;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

class Program {
  readonly child: ChildProcess;
  text = '';
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;

  constructor(env: NodeJS.ProcessEnv, dataDir = mkdtempSync(join(tmpdir(), 'main-'))) {
    this.child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: dataDir,
        PORT: '0',
        // Port 9 is that of the discard service, which does not run here.
        QUESTDB_URL: 'http://127.0.0.1:9',
        QUESTDB_PG_URL: 'postgres://admin:hush-hush@127.0.0.1:9/qdb',
        MONGODB_URL: 'mongodb://me:hush-hush@127.0.0.1:9/x',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(this.child);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk.toString();
      });
    this.ended = new Promise((resolve) => this.child.on('exit', (code, signal) => resolve(code ?? signal)));
  }

  async port(): Promise<number> {
    const line = await vi.waitFor(() => {
      const found = /"port":(\d+).*Energy Ledger answers/.exec(this.text);
      if (found === null) throw new Error(`not up yet: ${this.text}`);
      return found[1];
    }, limitMs);
    return Number(line);
  }
}

describe('the process', () => {
  it('starts without anything, reports what is missing, and stops on SIGTERM with 0', {
    timeout: limitMs,
  }, async () => {
    const program = new Program({ HA_URL: 'http://127.0.0.1:9', HA_TOKEN: 'hush-hush', LOG_LEVEL: 'debug' });
    const port = await program.port();
    await vi.waitFor(async () => {
      const response = await fetch(`http://127.0.0.1:${port}/api/status`);
      expect(response.status).toBe(503);
      const reported = status.parse(await response.json());
      expect(reported).toMatchObject({
        status: 'down',
        questdb: { ok: false },
        mongodb: { ok: false },
        home_assistant: { ok: false },
      });
      expect(reported.mongodb.detail).toContain('does not answer');
      expect(JSON.stringify(reported)).not.toContain('hush-hush');
    }, limitMs);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.text).toContain('"Stopped"');
    expect(program.text).not.toContain('hush-hush');
  });

  it('goes on after an invalid request, and reports why an address with a password is not used', {
    timeout: limitMs,
  }, async () => {
    const program = new Program({ HA_URL: 'http://me:hush-hush@127.0.0.1:9', HA_TOKEN: 'token' });
    const port = await program.port();
    const upgrade = 'Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    for (const target of ['//', '///', '//[', 'http://', '*'])
      await sendRaw(port, `GET ${target} HTTP/1.1\r\n${upgrade}`, { untilAnswer: true });
    const reported = status.parse(await (await fetch(`http://127.0.0.1:${port}/api/status`)).json());
    expect(reported.home_assistant.detail).toContain('HA_URL holds a user name or password');
    const settings = await (await fetch(`http://127.0.0.1:${port}/api/settings`)).text();
    expect(settings).not.toContain('hush-hush');
    expect(program.text).toContain('HA_URL holds a user name or password');
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.text).not.toContain('hush-hush');
  });

  it('does not start with options that can’t be, and names each', { timeout: limitMs }, async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'main-'));
    writeFileSync(join(dataDir, 'options.json'), JSON.stringify({ tracked_entities: ['nonsense'] }));
    const program = new Program({}, dataDir);
    expect(await program.ended).toBe(64);
    expect(program.text).toContain('tracked_entities.0: must be an entity id');
  });

  it('dies with a reason when its port is taken', { timeout: limitMs }, async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const program = new Program({ PORT: String(port) });
    expect(await program.ended).toBe(70);
    expect(program.text).toContain('EADDRINUSE');
    other.close();
  });

  describe('that can’t leave, as when V8’s threads wait for it and it for them', () => {
    const stuck = "process.on('exit', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))";
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(stuck)}`;

    it('is ended within the time of a stop', { timeout: 2 * limitMs }, async () => {
      const program = new Program({ NODE_OPTIONS });
      await program.port();
      const beganMs = performance.now();
      program.child.kill('SIGTERM');
      expect(await program.ended).toBe('SIGKILL');
      expect(performance.now() - beganMs).toBeGreaterThan(14_000);
      expect(performance.now() - beganMs).toBeLessThan(20_000);
      expect(program.text).toContain('"Stopped"');
    });

    it('is ended soon after a fault, so that it is started again', { timeout: limitMs }, async () => {
      const program = new Program({ NODE_OPTIONS, PORT: '1', HOST: '192.0.2.77' });
      const beganMs = performance.now();
      expect(await program.ended).toBe('SIGKILL');
      expect(performance.now() - beganMs).toBeLessThan(15_000);
      expect(program.text).toContain('Energy Ledger could not start');
    });
  });
});
