import type { Clock } from '../../runtime/clock.ts';
import type { PartProblem } from '../../runtime/health.ts';
import type { Log } from '../../runtime/log.ts';
import { pause } from '../../runtime/pause.ts';
import type { RecordingEvents } from '../recording-events.ts';

export interface DiskSpace {
  /** What this process may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

interface DiskWatchDeps {
  /** Of the disk that holds the spool and, unless they are elsewhere, the stores. */
  readonly measure: () => Promise<DiskSpace>;
  /** Called when there is room again after there was none. */
  readonly onRoom: () => void;
  readonly onChange: () => void;
  readonly events: RecordingEvents;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DiskWatchLimits {
  readonly everyMs: number;
  /** When little is left, it may be used up sooner. */
  readonly lowEveryMs: number;
  readonly warnBytes: number;
  /** Of the whole disk, and no more than four times `warnBytes`. */
  readonly warnShare: number;
  /** The stores are not written to below this, the spool not below half of it. */
  readonly reserveBytes: number;
}

const megabyte = 1_000_000;

const defaultDiskLimits: DiskWatchLimits = {
  everyMs: 15_000,
  lowEveryMs: 3000,
  warnBytes: 500 * megabyte,
  warnShare: 0.05,
  reserveBytes: 200 * megabyte,
};

export interface DiskStatus {
  readonly isOk: boolean;
  readonly problem: PartProblem | null;
  /** Null before it was measured. */
  readonly freeBytes: number | null;
  readonly totalBytes: number | null;
}

/** So much more than a limit must be free before writing resumes, or it would stop and resume at each check. */
const resumeShare = 1.1;

/**
 * Watches the free space, so that writing stops while what was begun can still be finished: a store that fills the
 * disk in the middle of a commit is harder to repair than one that was not asked.
 */
export class DiskWatch {
  readonly #deps: DiskWatchDeps;
  readonly #limits: DiskWatchLimits;
  readonly #stop = new AbortController();
  #space: DiskSpace | null = null;
  #isStoreHeld = false;
  #isSpoolHeld = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(deps: DiskWatchDeps, limits: Partial<DiskWatchLimits> = {}) {
    this.#deps = deps;
    this.#limits = { ...defaultDiskLimits, ...limits };
  }

  /** Resolves after the first check, before which nothing should be written. */
  async start(): Promise<void> {
    await this.#check();
    this.#loop = this.#work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }

  /** Why stores on this disk may not be written to; null when they may. */
  storeHeld(): string | null {
    return this.#isStoreHeld ? this.#why() : null;
  }

  /** Why the spool may not be written to; null when it may. */
  spoolHeld(): string | null {
    return this.#isSpoolHeld ? this.#why() : null;
  }

  status(): DiskStatus {
    const { freeBytes = null, totalBytes = null } = this.#space ?? {};
    const isLow = freeBytes !== null && freeBytes < this.#warnBelow();
    const problem: PartProblem | null = this.#isStoreHeld
      ? { code: 'disk_full', values: { freeBytes: freeBytes ?? 0 } }
      : isLow
        ? { code: 'disk_low', values: { freeBytes, reserveBytes: this.#limits.reserveBytes } }
        : null;
    return { isOk: problem === null, problem, freeBytes, totalBytes };
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const isLow = this.#space !== null && this.#space.freeBytes < this.#warnBelow();
      await pause(isLow ? this.#limits.lowEveryMs : this.#limits.everyMs, signal);
      if (!signal.aborted) await this.#check();
    }
  }

  async #check(): Promise<void> {
    const { measure, clock, log, events, onRoom, onChange } = this.#deps;
    const before = this.status();
    const wasHeld = this.#isStoreHeld;
    try {
      this.#space = await measure();
    } catch (cause) {
      // The next write shows whether there is room then.
      log.debug({ err: cause }, 'the room on disk is not known');
      return;
    }
    const { freeBytes } = this.#space;
    const { reserveBytes } = this.#limits;
    this.#isStoreHeld = freeBytes < reserveBytes * (this.#isStoreHeld ? resumeShare : 1);
    this.#isSpoolHeld = freeBytes < (reserveBytes / 2) * (this.#isSpoolHeld ? resumeShare : 1);
    if (wasHeld !== this.#isStoreHeld) {
      const kind = this.#isStoreHeld ? 'disk_full' : 'disk_free';
      log.warn(
        { free_bytes: freeBytes },
        this.#isStoreHeld ? 'the disk is full' : 'there is room on disk again',
      );
      events.emit({ kind, freeBytes, atUs: clock.nowUs() });
      if (!this.#isStoreHeld) onRoom();
    }
    if (before.isOk !== this.status().isOk || wasHeld !== this.#isStoreHeld) onChange();
  }

  #warnBelow(): number {
    const { warnBytes, warnShare } = this.#limits;
    return Math.max(warnBytes, Math.min((this.#space?.totalBytes ?? 0) * warnShare, 4 * warnBytes));
  }

  #why(): string {
    return `only ${inMegabytes(this.#space?.freeBytes ?? 0)} MB are free on it`;
  }
}

function inMegabytes(bytes: number | null): number {
  return Math.floor((bytes ?? 0) / megabyte);
}
