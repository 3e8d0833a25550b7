import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedFolder } from '../paths.ts';
import { freePort } from '../ports.ts';
import type { Say } from '../say.ts';
import { SupervisedProgram } from '../supervised-program.ts';
import { answersDocuments, answersHttp, answersPostgres } from './answering.ts';
import type { SidecarPrograms } from './install.ts';

export { forFetch } from './answering.ts';
export { installSidecars } from './install.ts';

export type SidecarName = 'questdb' | 'document-server';

export interface SidecarPorts {
  readonly questdbHttp: number;
  readonly questdbPg: number;
  readonly documents: number;
}

interface SidecarOptions {
  readonly programs: SidecarPrograms;
  /** QuestDB keeps its data in its folder `questdb`, the document server in `documents`. */
  readonly dataDir: string;
  /** `free`, the default, takes free ports. */
  readonly ports?: 'free' | SidecarPorts;
  /** Where what they print is kept; `logs` in the data folder by default. */
  readonly logsDir?: string;
  readonly log: Say;
  /** For tests: variables for the run scripts besides their own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** How the two stores are reached. */
interface SidecarAddresses {
  /** With user and password, as the PostgreSQL address; for fetch see `forFetch`. Never for a log. */
  readonly questdbUrl: string;
  readonly questdbPgUrl: string;
  readonly mongodbUrl: string;
}

/** The two stores, running; one that dies is started again. */
export interface Sidecars extends SidecarAddresses {
  readonly ports: SidecarPorts;
  /** Undefined while it is down. */
  pid(name: SidecarName): number | undefined;
  /** Sends a signal; one that dies of it is started again after a second. */
  kill(name: SidecarName, signal: NodeJS.Signals): void;
  /** Stops it and leaves it down until `up`. */
  down(name: SidecarName): Promise<void>;
  /** Starts it after `down`; resolves when it answers. */
  up(name: SidecarName): Promise<void>;
  /** Stops it, starts it, and resolves when it answers. */
  restart(name: SidecarName): Promise<void>;
  /** Resolves when it answers, for instance after a `kill`. */
  answering(name: SidecarName): Promise<void>;
  stop(): Promise<void>;
}

const startLimitMs = 90_000;
const stopLimitMs = 15_000;
const askAgainMs = 50;

/**
 * How the stores on these ports are reached. `credentials` is `user:password` of the data folder; null leaves them out, for
 * a program that takes them from its DATA_DIR.
 */
export function addressesOf(ports: SidecarPorts, credentials: string | null): SidecarAddresses {
  const user = credentials === null ? '' : `${credentials}@`;
  return {
    questdbUrl: `http://${user}127.0.0.1:${ports.questdbHttp}`,
    questdbPgUrl: `postgres://${user}127.0.0.1:${ports.questdbPg}/qdb`,
    mongodbUrl: `mongodb://127.0.0.1:${ports.documents}/energy_ledger`,
  };
}

/** Both stores by the container's own scripts, not started yet. */
function supervisedStores(
  options: SidecarOptions,
  ports: SidecarPorts,
): Readonly<Record<SidecarName, SupervisedProgram>> {
  const { programs, dataDir, log } = options;
  const env = {
    ...process.env,
    ...options.env,
    DATA_DIR: dataDir,
    JAVA: programs.java,
    QUESTDB_JAR: programs.questdbJar,
    QUESTDB_HTTP_PORT: String(ports.questdbHttp),
    QUESTDB_PG_PORT: String(ports.questdbPg),
    DOCUMENT_SERVER: programs.documentServer,
    DOCUMENTS_PORT: String(ports.documents),
  };
  const supervise = (name: SidecarName): SupervisedProgram =>
    new SupervisedProgram(
      {
        name,
        command: join(sharedFolder, `run-${name}`),
        args: [],
        env,
        logFile: join(options.logsDir ?? join(dataDir, 'logs'), `${name}.log`),
        stopLimitMs,
      },
      log,
    );
  return { questdb: supervise('questdb'), 'document-server': supervise('document-server') };
}

/** Starts both with the container's own scripts and settings; resolves when both answer. */
export async function startSidecars(options: SidecarOptions): Promise<Sidecars> {
  const ports = options.ports === undefined || options.ports === 'free' ? await freePorts() : options.ports;
  const { programs, dataDir } = options;
  // run-questdb makes them with the folder's first start.
  const addresses = async (): Promise<SidecarAddresses> => {
    const text = await readFile(join(dataDir, 'questdb-credentials'), 'utf8').catch(() => null);
    return addressesOf(ports, text?.trim() || null);
  };
  const supervised = supervisedStores(options, ports);
  const asks: Readonly<Record<SidecarName, () => Promise<boolean>>> = {
    questdb: async () =>
      (await answersHttp((await addresses()).questdbUrl)) && (await answersPostgres(ports.questdbPg)),
    'document-server': () => answersDocuments(programs.documentServer, ports.documents),
  };

  const answering = async (name: SidecarName): Promise<void> => {
    const untilMs = performance.now() + startLimitMs;
    // Another program on our port may answer as well: ours must be running too.
    while (supervised[name].pid === undefined || !(await asks[name]())) {
      if (performance.now() > untilMs)
        throw new Error(
          `${name} did not answer within ${startLimitMs / 1000} s:\n${supervised[name].lastLines(12)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  };
  const up = async (name: SidecarName): Promise<void> => {
    supervised[name].start();
    await answering(name);
  };
  const down = (name: SidecarName): Promise<void> => supervised[name].stop();
  const stop = async (): Promise<void> => {
    await Promise.all([down('questdb'), down('document-server')]);
  };

  try {
    await Promise.all([up('questdb'), up('document-server')]);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return {
    ...(await addresses()),
    ports,
    pid: (name) => supervised[name].pid,
    kill: (name, signal) => supervised[name].kill(signal),
    down,
    up,
    restart: async (name) => {
      await down(name);
      await up(name);
    },
    answering,
    stop,
  };
}

async function freePorts(): Promise<SidecarPorts> {
  return { questdbHttp: await freePort(), questdbPg: await freePort(), documents: await freePort() };
}
