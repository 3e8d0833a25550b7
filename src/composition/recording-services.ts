/** The watch over recording, put together: hours are verified, and its events are emitted in one place. */

import type { Home } from '../home/home.ts';
import type { HomeAssistant } from '../home/home-assistant.ts';
import type { Settings } from '../home/settings.ts';
import { CoverageScheduler } from '../recording/coverage/coverage-scheduler.ts';
import { CoverageVerifier } from '../recording/coverage/coverage-verifier.ts';
import type { CoverageStore } from '../recording/coverage-store.ts';
import type { ReadingStore } from '../recording/reading-store.ts';
import type { RecordingEvents } from '../recording/recording-events.ts';
import { Heartbeat, type HeartbeatDeps } from '../recording/stream/heartbeat.ts';
import type { Recorder } from '../recording/stream/recorder.ts';
import { RenameKeeper } from '../recording/stream/rename-keeper.ts';
import { StreamMonitor } from '../recording/stream/stream-monitor.ts';
import type { SyncLog } from '../recording/sync-log.ts';
import { type DiskSpace, DiskWatch, type DiskWatchLimits } from '../recording/write/disk-watch.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

interface RecordingServicesDeps {
  readonly homeAssistant: HomeAssistant & HeartbeatDeps['homeAssistant'];
  readonly home: Pick<Home, 'renames' | 'takeovers' | 'onDeparture' | 'onChange' | 'entity'>;
  readonly readings: ReadingStore;
  readonly carryCorrections: (oldId: string, newId: string) => Promise<number>;
  readonly excludeUntil: (entityId: string, endUs: number) => Promise<void>;
  readonly settings: Settings;
  readonly coverageStore: CoverageStore;
  readonly readingsReadable: () => Promise<void>;
  readonly syncLog: SyncLog;
  readonly recorder: Recorder;
  readonly events: RecordingEvents;
  /** A back-fill is under way, or readings wait to be written. */
  readonly isBusy: () => boolean;
  readonly diskSpace: () => Promise<DiskSpace>;
  readonly diskLimits: Partial<DiskWatchLimits>;
  readonly onDiskChange: () => void;
  /** The store resumes what it gave up on a full disk. Rejects when it does not answer. */
  readonly mendStore: () => Promise<void>;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

const mendEveryMs = 30_000;

export class RecordingServices {
  readonly events: RecordingEvents;
  readonly coverageVerifier: CoverageVerifier;
  readonly coverageScheduler: CoverageScheduler;
  readonly heartbeat: Heartbeat;
  readonly disk: DiskWatch;
  readonly renames: RenameKeeper;
  readonly #streamMonitor: StreamMonitor;
  #unlisten: readonly (() => void)[] = [];
  readonly #deps: RecordingServicesDeps;
  #mendTimer: NodeJS.Timeout | undefined;

  constructor(deps: RecordingServicesDeps) {
    const { homeAssistant, recorder, clock } = deps;
    this.#deps = deps;
    const log = deps.log.child({ part: 'coverage' });
    this.events = deps.events;
    this.coverageVerifier = new CoverageVerifier({
      homeAssistant,
      readings: deps.readings,
      recorder,
      coverage: deps.coverageStore,
      readable: deps.readingsReadable,
      events: this.events,
      clock,
      log,
    });
    this.coverageScheduler = new CoverageScheduler({
      coverageVerifier: this.coverageVerifier,
      homeAssistant,
      recorder,
      isBusy: deps.isBusy,
      syncLog: deps.syncLog,
      newId: deps.newId,
      clock,
      log,
    });
    this.heartbeat = new Heartbeat({
      homeAssistant,
      recorder,
      events: deps.events,
      clock,
      log: deps.log.child({ part: 'heartbeat' }),
    });
    this.#streamMonitor = new StreamMonitor({
      recorder,
      events: deps.events,
      clock,
      log: deps.log.child({ part: 'stream' }),
    });
    this.renames = new RenameKeeper({
      renames: () => deps.home.renames(),
      isTracked: (entityId) => deps.home.entity(entityId)?.isTracked === true,
      readings: deps.readings,
      carryCorrections: deps.carryCorrections,
      takeovers: () => deps.home.takeovers(),
      excludeUntil: deps.excludeUntil,
      settled: () => recorder.settled().then(() => deps.readingsReadable()),
      settings: deps.settings,
      isBusy: deps.isBusy,
      events: deps.events,
      clock,
      log: deps.log.child({ part: 'renames' }),
    });
    this.disk = new DiskWatch(
      {
        measure: deps.diskSpace,
        onRoom: () => this.#mend(),
        onChange: deps.onDiskChange,
        events: deps.events,
        clock,
        log: deps.log.child({ part: 'disk' }),
      },
      deps.diskLimits,
    );
  }

  watch() {
    return {
      heartbeat: this.heartbeat.status(),
      disk: this.disk.status(),
      proof: this.coverageScheduler.status(),
    };
  }

  /** Without the disk's watch, which is started before anything else and stopped last. */
  start(): void {
    this.#mendTimer = setInterval(() => this.#mend(), mendEveryMs);
    this.#mendTimer.unref();
    const { home, events, clock } = this.#deps;
    this.#unlisten = [
      home.onDeparture((departure) => events.emit({ ...departure, atUs: clock.nowUs() })),
      home.onChange(() => this.renames.check()),
    ];
    this.renames.start();
    this.heartbeat.start();
    this.#streamMonitor.start();
    this.coverageScheduler.start();
  }

  async stop(): Promise<void> {
    for (const unlisten of this.#unlisten) unlisten();
    clearInterval(this.#mendTimer);
    this.#streamMonitor.stop();
    await Promise.all([this.heartbeat.stop(), this.renames.stop(), this.coverageScheduler.stop()]);
  }

  /** Another program may have filled the disk faster than it is watched. */
  #mend(): void {
    if (this.disk.storeHeld() !== null) return;
    this.#deps.mendStore().catch((cause: unknown) => {
      this.#deps.log.debug({ err: cause }, 'the readings store could not be checked');
    });
  }
}
