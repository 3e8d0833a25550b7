import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import { waitAtMost } from '../../runtime/deadline.ts';
import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import { WakeSignal } from '../../runtime/wake-signal.ts';
import { minuteMs } from '../../units/durations.ts';
import type { Reading } from '../reading.ts';
import type { ReadingStore } from '../reading-store.ts';
import { ArrivalRate } from './arrival-rate.ts';
import { ReadingQueue } from './reading-queue.ts';
import type { Spool } from './spool/spool.ts';

interface ReadingWriterDeps {
  readonly store: Pick<ReadingStore, 'append'>;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with true when no more should come, with false when there is room again. */
  readonly onPressure: (isHigh: boolean) => void;
}

export interface ReadingWriterLimits {
  /** Readings are collected for so long before they go to the spool in one write. */
  readonly spoolAfterMs: number;
  /** A flush begins when this many wait, */
  readonly batchReadings: number;
  /** or when the oldest waits so long while at least `busyReadings` come in a second, */
  readonly busyAfterMs: number;
  readonly busyReadings: number;
  /**
   * or when the oldest waits so long. Each flush syncs many files; a caller that needs them calls `settled`, and
   * until then they are safe in the spool.
   */
  readonly quietAfterMs: number;
  /** Readings in memory beside the spool. */
  readonly queueReadings: number;
  /** Readings not yet in the spool: past the high mark the source is paused, past the limit they are refused. */
  readonly highReadings: number;
  readonly lowReadings: number;
  readonly limitReadings: number;
  /**
   * The spool is synced this often, while the oldest waits longer than `syncAfterMs`: what is stored at once needs no
   * sync.
   */
  readonly syncEveryMs: number;
  readonly syncAfterMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
  /** How long a stop may continue to store what waits. */
  readonly stopMs: number;
}

const defaultWriterLimits: ReadingWriterLimits = {
  spoolAfterMs: 15,
  batchReadings: 5000,
  busyAfterMs: 60,
  busyReadings: 200,
  quietAfterMs: minuteMs,
  queueReadings: 20_000,
  highReadings: 40_000,
  lowReadings: 5000,
  limitReadings: 200_000,
  syncEveryMs: 3000,
  syncAfterMs: 1000,
  retryFirstMs: 250,
  retryLimitMs: 10_000,
  stopMs: 5000,
};

export interface ReadingWriterStatus {
  /** received = stored + waiting + lost; those that an earlier process left are among them. */
  readonly received: number;
  readonly stored: number;
  readonly waiting: number;
  /** Damaged in the spool. */
  readonly lost: number;
  /** Refused because even memory was full; a back-fill has to bring them. */
  readonly refused: number;
  readonly writeErrors: number;
  readonly isPressureHigh: boolean;
  /** Why the last write failed; null when it did not. */
  readonly storeError: string | null;
  readonly spoolError: string | null;
}

/**
 * Brings readings into the store: memory → spool → store, in order, retried for ever, one flush at a time. Only a
 * crash within `spoolAfterMs` of receipt loses readings.
 */
export class ReadingWriter {
  readonly #deps: ReadingWriterDeps;
  readonly #limits: ReadingWriterLimits;
  readonly #storedReadings: Emitter<[readings: readonly Reading[]]>;
  readonly #arrived = new WakeSignal();
  readonly #spooled = new WakeSignal();
  readonly #stop = new AbortController();
  readonly #queue: ReadingQueue;
  /** Received and not yet in the spool. */
  #intake: Reading[] = [];
  #unsafeSinceUs: number | null = null;
  #isStarted = false;
  #isIntakeOver = false;
  #isStopOver = false;
  #loops: Promise<unknown> = Promise.resolve();
  /** Everything below is durable in the store; everything below `#end` is in the spool. */
  #position = 0;
  #end = 0;
  /** When the oldest that waits in the spool came, by the monotonic clock; no earlier than it did. */
  #oldestMs = 0;
  readonly #rate: ArrivalRate;
  #received = 0;
  #stored = 0;
  #refused = 0;
  /** Damaged in the spool and skipped. */
  #lost = 0;
  #writeErrors = 0;
  #isPressureHigh = false;
  #isSpoolFull = false;
  #storeError: string | null = null;
  #spoolError: string | null = null;
  #settling: { readonly goal: number; readonly resolve: () => void }[] = [];

  constructor(deps: ReadingWriterDeps, limits: Partial<ReadingWriterLimits> = {}) {
    this.#deps = deps;
    this.#storedReadings = new Emitter(deps.log, 'A listener to stored readings failed');
    this.#limits = { ...defaultWriterLimits, ...limits };
    this.#queue = new ReadingQueue(this.#limits.queueReadings);
    this.#rate = new ArrivalRate(deps.clock);
  }

  /** @param onReading called with every reading that an earlier process left in the spool */
  async start(onReading: (reading: Reading) => void): Promise<void> {
    const opened = await this.#deps.spool.open((reading) => {
      onReading(reading);
    });
    this.#position = opened.position;
    this.#end = opened.nextPosition;
    this.#queue.restart(opened.position);
    this.#received = opened.nextPosition - opened.position;
    // What an earlier process left has waited long enough.
    this.#oldestMs = this.#deps.clock.monotonicMs() - this.#limits.quietAfterMs;
    if (this.#received > 0 || opened.damagedBytes > 0)
      this.#deps.log.info(
        { readings: this.#received, damaged_bytes: opened.damagedBytes },
        'readings left in the spool are stored now',
      );
    this.#isStarted = true;
    this.#loops = Promise.all([this.#spoolLoop(), this.#flushLoop(), this.#syncLoop()]);
  }

  /** Stores what waits, as far as the store accepts it in time; the rest stays in the spool. */
  async stop(): Promise<void> {
    if (!this.#isStarted || this.#isStopped) return;
    this.#stop.abort();
    this.#arrived.wake();
    this.#spooled.wake();
    await waitAtMost(this.#limits.stopMs, this.#loops);
    this.#isStopOver = true;
    await this.#deps.spool.close();
  }

  /** Takes readings; returns how many. Fewer than offered only beyond the limit, when the source did not pause. */
  offer(readings: readonly Reading[]): number {
    const room = Math.max(0, this.#limits.limitReadings - this.#intake.length);
    const taken = readings.length <= room ? readings : readings.slice(0, room);
    if (this.#intake.length === 0) this.#unsafeSinceUs = this.#deps.clock.nowUs();
    for (const reading of taken) this.#intake.push(reading);
    this.#received += taken.length;
    this.#refused += readings.length - taken.length;
    this.#arrived.wake();
    this.#weighPressure();
    return taken.length;
  }

  /** Called with each batch that is durable in the store, before `settled` resolves for it. @returns removes the listener */
  onStored(listener: (readings: readonly Reading[]) => void): () => void {
    return this.#storedReadings.on(listener);
  }

  /** Since when readings wait that are not even in the spool; null when there are none. */
  unsafeSinceUs(): number | null {
    return this.#intake.length === 0 ? null : this.#unsafeSinceUs;
  }

  /** Resolves when everything offered until now is durable in the store, however long that takes. */
  settled(): Promise<void> {
    if (this.#stored + this.#lost >= this.#received) return Promise.resolve();
    return new Promise((resolve) => {
      this.#settling.push({ goal: this.#received, resolve });
      this.#spooled.wake();
    });
  }

  status(): ReadingWriterStatus {
    return {
      received: this.#received,
      stored: this.#stored,
      waiting: Math.max(0, this.#received - this.#stored - this.#lost),
      lost: this.#lost,
      refused: this.#refused,
      writeErrors: this.#writeErrors,
      isPressureHigh: this.#isPressureHigh,
      storeError: this.#storeError,
      spoolError: this.#spoolError,
    };
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  get limitReadings(): number {
    return this.#limits.limitReadings;
  }

  async #spoolLoop(): Promise<void> {
    const retry = new Backoff(100, 2000);
    for (;;) {
      if (this.#intake.length === 0) {
        if (this.#isStopped) break;
        await this.#arrived.wait();
      }
      if (!this.#isStopped) await pause(this.#limits.spoolAfterMs, this.#stop.signal);
      const batch = this.#intake.slice(0, this.#limits.batchReadings);
      if (batch.length === 0) continue;
      const beganUs = this.#deps.clock.nowUs();
      const isKept = await this.#keep(batch);
      if (isKept) {
        // What is left came while this was written, unless there was more than one batch.
        if (batch.length === this.#intake.length || batch.length < this.#limits.batchReadings)
          this.#unsafeSinceUs = beganUs;
        this.#intake.splice(0, batch.length);
        retry.reset();
      } else if (this.#isStopped) {
        this.#deps.log.error({ readings: this.#intake.length }, 'stopped with readings that found no room');
        break;
      } else {
        await pause(retry.nextMs(), this.#stop.signal);
      }
      this.#weighPressure();
    }
    // The flush loop ends when this one has nothing more to give.
    this.#isIntakeOver = true;
    this.#spooled.wake();
  }

  async #keep(batch: readonly Reading[]): Promise<boolean> {
    const spooled = await this.#deps.spool.append(batch);
    if (spooled.kind === 'kept') {
      if (this.#spoolError !== null) this.#deps.log.info({}, 'the spool accepts readings again');
      this.#spoolError = null;
      this.#isSpoolFull = false;
      if (this.#position === this.#end) this.#oldestMs = this.#deps.clock.monotonicMs();
      this.#rate.add(batch.length);
      this.#queue.push({ ...spooled, readings: batch });
      this.#end = spooled.nextPosition;
      this.#spooled.wake();
      return true;
    }
    const message = spooled.kind === 'full' ? 'the spool is full' : spooled.error.message;
    if (this.#spoolError !== message) this.#deps.log.error({ err: message }, 'the spool accepts no readings');
    this.#spoolError = message;
    // Nothing waits before it in the spool, so nothing is overtaken: the store may have room where this disk has
    // none.
    const isDirect = spooled.kind === 'refused' && this.#position === this.#end && (await this.#store(batch));
    this.#isSpoolFull = !isDirect;
    return isDirect;
  }

  async #flushLoop(): Promise<void> {
    const retry = new Backoff(this.#limits.retryFirstMs, this.#limits.retryLimitMs);
    for (;;) {
      const waiting = this.#end - this.#position;
      if (this.#isStopOver || (this.#isIntakeOver && waiting === 0)) return;
      const inMs = waiting === 0 ? Number.POSITIVE_INFINITY : this.#dueInMs(waiting);
      if (inMs > 0 && !this.#isStopped) {
        await this.#spooled.wait(inMs);
        continue;
      }
      if (waiting === 0) {
        await this.#spooled.wait();
        continue;
      }
      const beganMs = this.#deps.clock.monotonicMs();
      const batch = await this.#nextBatch();
      for (;;) {
        if (batch.readings.length === 0 || (await this.#store(batch.readings))) break;
        if (this.#isStopped) return;
        await pause(retry.nextMs(), this.#stop.signal);
      }
      retry.reset();
      this.#lost += batch.nextPosition - this.#position - batch.readings.length;
      this.#position = batch.nextPosition;
      this.#oldestMs = beganMs;
      await this.#forget(batch.nextPosition);
    }
  }

  #dueInMs(waiting: number): number {
    // A caller waits for it: no more is collected.
    if (waiting >= this.#limits.batchReadings || this.#settling.length > 0) return 0;
    const isBusy = this.#rate.inASecond() >= this.#limits.busyReadings;
    const afterMs = isBusy ? this.#limits.busyAfterMs : this.#limits.quietAfterMs;
    return Math.max(0, this.#oldestMs + afterMs - this.#deps.clock.monotonicMs());
  }

  async #nextBatch(): Promise<{ readings: readonly Reading[]; nextPosition: number }> {
    const { batchReadings } = this.#limits;
    const queued = this.#queue.take(this.#position, batchReadings);
    if (queued !== null) return queued;
    try {
      const read = await this.#deps.spool.read(this.#position, batchReadings);
      this.#queue.restart(read.nextPosition);
      return read;
    } catch (cause) {
      this.#deps.log.error({ err: cause }, 'the spool can not be read');
      await pause(1000, this.#stop.signal);
      return { readings: [], nextPosition: this.#position };
    }
  }

  async #store(readings: readonly Reading[]): Promise<boolean> {
    try {
      await this.#deps.store.append(readings);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (this.#storeError === null)
        this.#deps.log.warn(
          { err: message },
          'the readings store accepts nothing; readings wait in the spool',
        );
      this.#storeError = message;
      this.#writeErrors += 1;
      return false;
    }
    if (this.#storeError !== null) this.#deps.log.info({}, 'the readings store accepts readings again');
    this.#storeError = null;
    this.#storedReadings.emit(readings);
    this.#stored += readings.length;
    this.#settling = this.#settling.filter(({ goal, resolve }) => {
      if (this.#stored + this.#lost < goal) return true;
      resolve();
      return false;
    });
    return true;
  }

  async #forget(position: number): Promise<void> {
    try {
      await this.#deps.spool.acknowledge(position);
      this.#weighPressure();
    } catch (cause) {
      this.#deps.log.error({ err: cause }, 'the spool could not remove what is stored');
    }
  }

  /** What is stored at once needs no sync; what waits must survive a power cut. */
  async #syncLoop(): Promise<void> {
    while (!this.#isStopped) {
      await pause(this.#limits.syncEveryMs, this.#stop.signal);
      const isWaiting = this.#end > this.#position;
      const agedMs = this.#deps.clock.monotonicMs() - this.#oldestMs;
      if (!isWaiting || agedMs < this.#limits.syncAfterMs) continue;
      try {
        await this.#deps.spool.sync();
      } catch (cause) {
        this.#deps.log.error({ err: cause }, 'the spool could not be synced');
      }
    }
  }

  #weighPressure(): void {
    const { highReadings, lowReadings } = this.#limits;
    const intake = this.#intake.length;
    const isHigh = this.#isPressureHigh
      ? this.#isSpoolFull || intake > lowReadings
      : intake >= highReadings || this.#isSpoolFull;
    if (isHigh === this.#isPressureHigh) return;
    this.#isPressureHigh = isHigh;
    this.#deps.onPressure(isHigh);
  }
}
