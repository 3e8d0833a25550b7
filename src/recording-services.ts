/** What watches over recording, put together: hours are proven, and what happens to it is told in one place. */

import type { HomeAssistant } from './home/home-assistant.ts';
import { Heartbeat, type HeartbeatDeps } from './recording/heartbeat.ts';
import type { ProofStore } from './recording/proof.ts';
import { ProofKeeper } from './recording/proof-keeper.ts';
import { Prover } from './recording/prover.ts';
import type { ReadingStore } from './recording/reading-store.ts';
import type { Recorder } from './recording/recorder.ts';
import type { RecordingEvents } from './recording/recording-events.ts';
import type { SyncLog } from './recording/sync-log.ts';
import type { Clock } from './units/clock.ts';
import type { Log } from './units/log.ts';

export interface RecordingServicesDeps {
  readonly homeAssistant: HomeAssistant & HeartbeatDeps['homeAssistant'];
  readonly readings: ReadingStore;
  readonly proofStore: ProofStore;
  readonly readingsReadable: () => Promise<void>;
  readonly syncLog: SyncLog;
  readonly recorder: Recorder;
  readonly events: RecordingEvents;
  /** A back-fill is under way, or readings wait to be written. */
  readonly isBusy: () => boolean;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

export class RecordingServices {
  readonly events: RecordingEvents;
  readonly prover: Prover;
  readonly proofs: ProofKeeper;
  readonly heartbeat: Heartbeat;

  constructor(deps: RecordingServicesDeps) {
    const { homeAssistant, recorder, clock } = deps;
    const log = deps.log.child({ part: 'proof' });
    this.events = deps.events;
    this.prover = new Prover({
      homeAssistant,
      readings: deps.readings,
      recorder,
      proofs: deps.proofStore,
      readable: deps.readingsReadable,
      events: this.events,
      clock,
      log,
    });
    this.proofs = new ProofKeeper({
      prover: this.prover,
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
  }

  start(): void {
    this.heartbeat.start();
    this.proofs.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.heartbeat.stop(), this.proofs.stop()]);
  }
}
