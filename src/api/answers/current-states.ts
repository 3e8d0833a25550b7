/** Home Assistant's states as they are now, for lists: asked at most every two seconds, one question at a time. */
import type { EntityState, HomeAssistant } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';

const freshMs = 2000;

export class CurrentStates {
  readonly #homeAssistant: Pick<HomeAssistant, 'states'>;
  readonly #clock: Clock;
  #asked: { atMs: number; states: Promise<ReadonlyMap<string, EntityState>> } | null = null;

  constructor(homeAssistant: Pick<HomeAssistant, 'states'>, clock: Clock) {
    this.#homeAssistant = homeAssistant;
    this.#clock = clock;
  }

  /** By entity id. Rejects with HomeAssistantUnavailable. */
  all(): Promise<ReadonlyMap<string, EntityState>> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#asked !== null && nowMs - this.#asked.atMs < freshMs) return this.#asked.states;
    const states = this.#homeAssistant
      .states()
      .then((list) => new Map(list.map((state) => [state.entityId, state])));
    const asked = { atMs: nowMs, states };
    this.#asked = asked;
    states.catch(() => {
      if (this.#asked === asked) this.#asked = null;
    });
    return states;
  }
}
