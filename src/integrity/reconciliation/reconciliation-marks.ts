import { z } from 'zod';
import { type Settings, setting } from '../../home/settings.ts';
import type { Clock } from '../../runtime/clock.ts';

const doneSetting = setting<{ hourlyUs: number | null; nightlyUs: number | null; sinceUs: number } | null>({
  key: 'reconciliation',
  schema: z.object({
    hourlyUs: z.number().nullable(),
    nightlyUs: z.number().nullable(),
    sinceUs: z.number(),
  }),
  fallback: null,
});
type Kind = 'hourly' | 'nightly';

/** When the last completed runs began, kept in the settings. */
export class ReconciliationMarks {
  readonly #settings: Settings;
  readonly #clock: Clock;
  #doneUs: Readonly<Record<Kind, number | null>> = { hourly: null, nightly: null };
  /** Before the first nightly run it is due after this. */
  #sinceUs = 0;
  /** When a run was given up; the next one that is due covers its range. */
  readonly #givenUpUs: Record<Kind, number> = { hourly: 0, nightly: 0 };

  constructor(settings: Settings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Rejects when the store is down. */
  async load(): Promise<void> {
    const stored = await this.#settings.get(doneSetting);
    this.#doneUs = { hourly: stored?.hourlyUs ?? null, nightly: stored?.nightlyUs ?? null };
    this.#sinceUs = stored?.sinceUs ?? this.#clock.nowUs();
    if (stored === null) await this.#save();
  }

  /** When the last completed one began; null before the first. */
  doneUs(kind: Kind): number | null {
    return this.#doneUs[kind];
  }

  /** The next is the first that is due after this. */
  dueAfterUs(kind: Kind): number {
    const nowUs = this.#clock.nowUs();
    const us = Math.max(this.#doneUs[kind] ?? this.#sinceUs, this.#givenUpUs[kind]);
    if (us <= nowUs) return us;
    // The clock was set back: without a new start nothing would be due until it is there again.
    this.#sinceUs = nowUs;
    this.#givenUpUs[kind] = nowUs;
    this.#doneUs = { ...this.#doneUs, [kind]: null };
    return nowUs;
  }

  /** Counts at once, also if it can't be written. Rejects when the store is down. */
  async done(kind: Kind, atUs: number): Promise<void> {
    // The nightly run covers the last hours too.
    this.#doneUs = kind === 'nightly' ? { hourly: atUs, nightly: atUs } : { ...this.#doneUs, hourly: atUs };
    await this.#save();
  }

  giveUp(kind: Kind): void {
    this.#givenUpUs[kind] = this.#clock.nowUs();
  }

  #save(): Promise<void> {
    const { hourly: hourlyUs, nightly: nightlyUs } = this.#doneUs;
    const done = { hourlyUs, nightlyUs, sinceUs: this.#sinceUs };
    return this.#settings.set(doneSetting, done, this.#clock.nowUs());
  }
}
