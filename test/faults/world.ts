/**
 * Everything real and in one hand: the process as the container runs it, both stores behind cables that can go wrong,
 * and a demo home behind another, whose recorder is the truth. Each file of this suite has one of its own.
 */
import { type DemoHome, startDemoHome } from '../../addon/demo-home/demo-home.ts';
import type { SidecarName } from '../../addon/sidecars/sidecars.ts';
import { ledger } from '../../src/schemas/ledger.ts';
import { Cable } from '../home-assistant/cable.ts';
import { LedgerProcess, type LedgerProcessOptions } from '../home-assistant/ledger-process.ts';
import { until } from '../home-assistant/until.ts';
import { Meters } from './meters.ts';
import { SlowMeters } from './slow-meters.ts';
import { StatusPage, wellAgainMs } from './status-page.ts';
import { differencesOf, type ReportedReading, storedReadings } from './stored-readings.ts';

export interface Cables {
  readonly homeAssistant: Cable;
  readonly questdb: Cable;
  readonly postgres: Cable;
  readonly documents: Cable;
}

export interface WorldOptions extends Pick<LedgerProcessOptions, 'env' | 'storesEnv' | 'folder'> {
  readonly seed: number;
  readonly meters?: number;
  /** Sensors for a flood, tracked too. */
  readonly floodSensors?: number;
}

export class World {
  readonly demo: DemoHome;
  readonly meters: Meters;
  readonly slowMeters: SlowMeters;
  readonly cables: Cables;
  readonly process: LedgerProcess;
  readonly page: StatusPage;
  readonly tracked: readonly string[];

  private constructor(
    demo: DemoHome,
    meters: Meters,
    slowMeters: SlowMeters,
    cables: Cables,
    ledger: LedgerProcess,
    tracked: readonly string[],
  ) {
    this.demo = demo;
    this.meters = meters;
    this.slowMeters = slowMeters;
    this.cables = cables;
    this.process = ledger;
    this.page = new StatusPage(ledger);
    this.tracked = tracked;
  }

  /** Up and recording. */
  static async start(options: WorldOptions): Promise<World> {
    const demo = await startDemoHome({ token: 'faults', preferences: 'none', maxPending: 1_000_000 });
    demo.standStill(true);
    const meters = new Meters(demo, options.meters ?? 4, options.seed);
    const slowMeters = new SlowMeters(demo, options.seed);
    const flooded = demo.addFloodSensors(options.floodSensors ?? 0);
    const tracked = [...meters.entityIds, ...slowMeters.entityIds, ...flooded];
    const homeAssistant = await Cable.to(demo.url);
    const made: Cable[] = [];
    const ledger = await LedgerProcess.create({ url: homeAssistant.url, token: demo.token }, tracked, {
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.storesEnv === undefined ? {} : { storesEnv: options.storesEnv }),
      ...(options.folder === undefined ? {} : { folder: options.folder }),
      through: async ({ questdbUrl, questdbPgUrl, mongodbUrl }) => {
        const [http, pg, documents] = await Promise.all(
          [questdbUrl, questdbPgUrl, mongodbUrl].map((url) => Cable.to(url)),
        );
        if (http === undefined || pg === undefined || documents === undefined) throw new Error('no cables');
        made.push(http, pg, documents);
        return {
          questdbUrl: http.through(questdbUrl),
          questdbPgUrl: pg.through(questdbPgUrl),
          mongodbUrl: documents.through(mongodbUrl),
        };
      },
    });
    const [questdb, postgres, documents] = made;
    if (questdb === undefined || postgres === undefined || documents === undefined)
      throw new Error('the process was not put behind cables');
    const cables = { homeAssistant, questdb, postgres, documents };
    const world = new World(demo, meters, slowMeters, cables, ledger, tracked);
    ledger.start();
    meters.run();
    try {
      await world.page.isWell();
    } catch (cause) {
      await world.stop();
      throw cause;
    }
    return world;
  }

  async stop(): Promise<void> {
    this.meters.pause();
    await this.process.stop();
    for (const cable of Object.values(this.cables)) await cable.stop();
    await this.demo.stop();
  }

  /** Readings go on arriving in QuestDB. */
  async flows(): Promise<void> {
    const before = await this.#storedCount();
    await until('readings arrive', async () => (await this.#storedCount()) > before + 20, wellAgainMs);
  }

  async down(name: SidecarName): Promise<void> {
    await this.process.sidecars.down(name);
  }

  async up(name: SidecarName): Promise<void> {
    await this.process.sidecars.up(name);
  }

  /** What the home's recorder has of an entity. */
  reported(entityId: string): ReportedReading[] {
    return this.demo.recorded(entityId, 0, Number.MAX_SAFE_INTEGER).map(({ lastUpdatedUs, state }) => ({
      atUs: lastUpdatedUs,
      value: state === 'unavailable' ? null : Number(state),
    }));
  }

  /**
   * The home makes no changes meanwhile; then every reading that it recorded is stored once, and nothing else.
   * @returns how many that are
   */
  async nothingIsLost(): Promise<number> {
    this.meters.pause();
    this.slowMeters.report(this.demo.home.advance());
    const status = await this.page.isWell();
    let differences: string[] = [];
    let count = 0;
    const isSame = async () => {
      differences = [];
      count = 0;
      // What waits in the spool is stored when somebody looks.
      await this.process.status();
      for (const entityId of this.tracked) {
        const reported = this.reported(entityId);
        count += reported.length;
        const stored = await storedReadings(this.process.sidecars.questdbUrl, entityId).catch(() => []);
        differences.push(...differencesOf(entityId, reported, stored));
      }
      return differences.length === 0;
    };
    await until('both sides say the same', isSame, wellAgainMs).catch((cause: unknown) => {
      throw new Error(`${differences.join('\n')}\n${JSON.stringify(status)}`, { cause });
    });
    return count;
  }

  /** The ledger, once it is posted, is what its evidence says, and of no meter that reports seldom a peak is made. */
  async ledgerIsRight(): Promise<void> {
    await this.page.ledgerIsRight(this.meters.entityIds);
    await this.slowMeters.areRight(async (path) => ledger.parse(await this.process.get(path)));
  }

  async #storedCount(): Promise<number> {
    return (await this.process.status())?.body.recorder.readings_stored ?? 0;
  }
}
