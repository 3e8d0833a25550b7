import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../../addon/paths.ts';
import { freePort } from '../../../addon/ports.ts';
import type { Say } from '../../../addon/say.ts';
import { SupervisedProgram } from '../../../addon/supervised-program.ts';
import { configurationYaml, plug } from './configuration.ts';
import type { InstalledCore } from './install.ts';
import { onboard } from './onboarding.ts';

export interface Instance {
  readonly url: string;
  readonly token: string;
  /** Its configuration, with the recorder's database. */
  readonly folder: string;
  /** Ends it in order, and leaves it down until `up`. */
  down(): Promise<void>;
  /** Resolves when it answers. */
  up(): Promise<void>;
  stop(): Promise<void>;
}

const startWithinMs = 120_000;

/** A new home on a free port, with an owner and a token. It is started again whenever it ends, as the Supervisor does. */
export async function startInstance(installed: InstalledCore, say: Say): Promise<Instance> {
  const runs = join(cacheFolder, 'home-assistant/runs');
  await mkdir(runs, { recursive: true });
  const folder = await mkdtemp(join(runs, 'run-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, 'configuration.yaml'), configurationYaml(port));
  await cp(join(import.meta.dirname, 'plug'), join(folder, 'custom_components', plug.domain), {
    recursive: true,
  });
  const program = new SupervisedProgram(
    {
      name: 'home-assistant',
      command: installed.python,
      // Everything that this configuration needs is pinned and here: nothing is fetched at a start.
      args: ['-m', 'homeassistant', '-c', folder, '--skip-pip'],
      env: process.env,
      logFile: join(cacheFolder, 'logs/home-assistant.log'),
      stopLimitMs: 30_000,
    },
    say,
  );
  const stop = async () => {
    await program.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const startMs = performance.now();
  program.start();
  try {
    await answering(url, program);
    say(`Home Assistant ${installed.core}: up at ${url} after ${Math.round(performance.now() - startMs)} ms`);
    const up = async () => {
      program.start();
      await answering(url, program);
    };
    return { url, token: await onboard(url), folder, down: () => program.stop(), up, stop };
  } catch (cause) {
    const lines = program.lastLines(20);
    await stop();
    throw new Error(`Home Assistant ${installed.core} did not come up:\n${lines}`, { cause });
  }
}

async function answering(url: string, program: SupervisedProgram): Promise<void> {
  const untilMs = performance.now() + startWithinMs;
  for (;;) {
    try {
      const response = await fetch(`${url}/api/onboarding`, { signal: AbortSignal.timeout(5000) });
      if (response.ok) return;
    } catch (cause) {
      if (performance.now() > untilMs) throw new Error(`${url} did not answer`, { cause });
    }
    if (performance.now() > untilMs) throw new Error(`${url} did not answer:\n${program.lastLines(20)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
