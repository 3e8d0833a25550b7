/** Everything that the panel needs, on free ports, in a folder of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoHome } from '../../../addon/demo-home/demo-home.ts';
import { owner, userIdOf, viewer } from '../../../addon/demo-home/protocol/people.ts';
import { buildPanel } from '../../../addon/panel-build.ts';
import { root } from '../../../addon/paths.ts';
import { freePort } from '../../../addon/ports.ts';
import type { Say } from '../../../addon/say.ts';
import { installSidecars, startSidecars } from '../../../addon/sidecars/sidecars.ts';
import { SupervisedProgram } from '../../../addon/supervised-program.ts';
import { startControl } from './control.ts';
import { startIngress } from './ingress.ts';

interface World {
  readonly panelUrl: string;
  readonly controlUrl: string;
  stop(): Promise<void>;
}

const startLimitMs = 170_000;
/** The address of the stand-in ingress; 172.30.32.2 on a real system. */
const ingressAddress = '127.0.0.77';

export async function startWorld(say: Say): Promise<World> {
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (const one of stops.reverse()) await one();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-panel-'));
    stops.push(() => rm(dataDir, { recursive: true, force: true }));
    const [programs] = await Promise.all([installSidecars(say), buildPanel(say)]);
    const sidecars = await startSidecars({ programs, dataDir, log: say });
    stops.push(() => sidecars.stop());
    const demo = await startDemoHome({ port: 0, token: randomBytes(16).toString('hex'), p1Seconds: 10 });
    stops.push(() => demo.stop());
    // Tracked by option, as a user would: only its switch shows that this plug is a device.
    await writeFile(
      join(dataDir, 'options.json'),
      JSON.stringify({ tracked_entities: ['sensor.media_power'] }),
    );
    const port = await freePort();
    const ledger = new SupervisedProgram(
      {
        name: 'energy-ledger',
        command: process.execPath,
        args: [join(root, 'src/main.ts')],
        cwd: root,
        env: {
          ...process.env,
          HA_URL: demo.url,
          HA_TOKEN: demo.token,
          DATA_DIR: dataDir,
          PORT: String(port),
          INGRESS_ADDRESS: ingressAddress,
          QUESTDB_URL: sidecars.questdbUrl,
          QUESTDB_PG_URL: sidecars.questdbPgUrl,
          MONGODB_URL: sidecars.mongodbUrl,
        },
        logFile: join(dataDir, 'logs/energy-ledger.log'),
        stopLimitMs: 15_000,
      },
      say,
    );
    ledger.start();
    stops.push(() => ledger.stop());
    const appUrl = `http://127.0.0.1:${port}`;
    await untilRecording(appUrl);
    const ingress = await startIngress({
      appUrl,
      fromAddress: ingressAddress,
      users: { owner: userIdOf(owner), viewer: userIdOf(viewer) },
    });
    stops.push(ingress.stop);
    const control = await startControl({ demo, sidecars, appUrl });
    stops.push(control.stop);
    return { panelUrl: ingress.url, controlUrl: control.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until values arrive and the first back-fill is complete, so that no test meets an incomplete past. */
async function untilRecording(appUrl: string): Promise<void> {
  const deadlineMs = performance.now() + startLimitMs;
  let status: StatusAnswer | null = null;
  for (;;) {
    if (performance.now() > deadlineMs)
      throw new Error(`The app is not recording: ${JSON.stringify(status)}`);
    status = await statusOf(appUrl);
    if (status?.status === 'ok' && status.recorder.readings_stored > 0 && status.backfill.last_finished_at)
      return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

interface StatusAnswer {
  readonly status: string;
  readonly recorder: { readonly readings_stored: number };
  readonly backfill: { readonly last_finished_at: string | null };
}

async function statusOf(appUrl: string): Promise<StatusAnswer | null> {
  try {
    const response = await fetch(`${appUrl}/api/status`);
    return (await response.json()) as StatusAnswer;
  } catch {
    // Not listening yet.
    return null;
  }
}
