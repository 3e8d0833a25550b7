import type { SettingsStore } from '../../home/settings-store.ts';
import type { Clock } from '../../runtime/clock.ts';

const key = 'reconciliation';
type Kind = 'hourly' | 'nightly';

/** When the last runs began that were done, kept in the settings. */
export class ReconciliationMarks {
  readonly #settings: SettingsStore;
  readonly #clock: Clock;
  #doneUs: Readonly<Record<Kind, number | null>> = { hourly: null, nightly: null };
  /** A home that never had a night waits for its first from here. */
  #sinceUs = 0;
  /** When a run was given up, which the next that is due takes up. */
  readonly #givenUpUs: Record<Kind, number> = { hourly: 0, nightly: 0 };

  constructor(settings: SettingsStore, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Rejects when the store is down. */
  async load(): Promise<void> {
    const found = await this.#settings.get(key);
    const told: Partial<Record<string, unknown>> =
      typeof found === 'object' && found !== null ? { ...found } : {};
    const number = (value: unknown) => (typeof value === 'number' ? value : null);
    this.#doneUs = { hourly: number(told.hourlyUs), nightly: number(told.nightlyUs) };
    const sinceUs = number(told.sinceUs);
    this.#sinceUs = sinceUs ?? this.#clock.nowUs();
    if (sinceUs === null) await this.#save();
  }

  /** When the last one began that was done; null when none was. */
  doneUs(kind: Kind): number | null {
    return this.#doneUs[kind];
  }

  /** The next is the first that is due after this. */
  dueAfterUs(kind: Kind): number {
    const nowUs = this.#clock.nowUs();
    const us = Math.max(this.#doneUs[kind] ?? this.#sinceUs, this.#givenUpUs[kind]);
    if (us <= nowUs) return us;
    // The clock was set back: from here it is counted anew, or nothing would be due until it is there again.
    this.#sinceUs = nowUs;
    this.#givenUpUs[kind] = nowUs;
    this.#doneUs = { ...this.#doneUs, [kind]: null };
    return nowUs;
  }

  /** It is known at once, also when it can't be written. Rejects when the store is down. */
  async done(kind: Kind, atUs: number): Promise<void> {
    // The night looked at the last hours too.
    this.#doneUs = kind === 'nightly' ? { hourly: atUs, nightly: atUs } : { ...this.#doneUs, hourly: atUs };
    await this.#save();
  }

  giveUp(kind: Kind): void {
    this.#givenUpUs[kind] = this.#clock.nowUs();
  }

  #save(): Promise<void> {
    const { hourly: hourlyUs, nightly: nightlyUs } = this.#doneUs;
    return this.#settings.set(key, { hourlyUs, nightlyUs, sinceUs: this.#sinceUs }, this.#clock.nowUs());
  }
}
