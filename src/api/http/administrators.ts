/** Who may change settings: Home Assistant's administrators, asked at most every two minutes. */

import type { HomeAssistant } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { minuteMs } from '../../units/durations.ts';
import type { Access } from './access.ts';

type Permission = { readonly kind: 'allowed' } | { readonly kind: 'refused'; readonly detail: string };

const freshMs = 2 * minuteMs;
/** So long an answer is used when Home Assistant can't be asked again. */
const staleMs = 60 * minuteMs;

const refused = (detail: string): Permission => ({ kind: 'refused', detail });

export class Administrators {
  readonly #deps: { homeAssistant: Pick<HomeAssistant, 'administratorIds'>; clock: Clock; log: Log };
  #known: { ids: ReadonlySet<string>; atMs: number } | null = null;
  #asking: Promise<void> | null = null;

  constructor(deps: { homeAssistant: Pick<HomeAssistant, 'administratorIds'>; clock: Clock; log: Log }) {
    this.#deps = deps;
  }

  /** Allowed from this machine itself, and for administrators of Home Assistant. */
  async mayChange(access: Access): Promise<Permission> {
    if (access.kind === 'direct') return { kind: 'allowed' };
    if (access.userId === null)
      return refused('Home Assistant did not say who you are. Open Energy Ledger from its sidebar.');
    const ageMs = () =>
      this.#known === null ? Number.POSITIVE_INFINITY : this.#deps.clock.monotonicMs() - this.#known.atMs;
    // One who was just made an administrator should not have to wait.
    if (ageMs() > freshMs || !this.#known?.ids.has(access.userId)) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = null;
      });
      await this.#asking;
    }
    if (ageMs() > staleMs || this.#known === null)
      return refused(
        'Only administrators may change settings, and Home Assistant can’t be asked now who is one. Try again when it is connected.',
      );
    return this.#known.ids.has(access.userId)
      ? { kind: 'allowed' }
      : refused('Only administrators of Home Assistant may change settings.');
  }

  async #ask(): Promise<void> {
    try {
      const ids = await this.#deps.homeAssistant.administratorIds();
      this.#known = { ids, atMs: this.#deps.clock.monotonicMs() };
    } catch (error) {
      this.#deps.log.debug({ err: error }, 'The administrators could not be read from Home Assistant');
    }
  }
}
