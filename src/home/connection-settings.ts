/**
 * Which Home Assistant the process connects to: the Supervisor's, one given by the environment, or one that the user
 * saved. A saved one takes effect without a restart.
 */
import { z } from 'zod';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Settings, setting } from './settings.ts';

export interface HomeAssistantTarget {
  /** Where Home Assistant answers, http or https, without a path; the websocket is `<url>/api/websocket`. */
  readonly url: string;
  readonly token: string;
}

/** The result of a trial connection. */
export type Trial =
  | {
      readonly kind: 'connected';
      readonly version: string;
      /** Sources in the energy preferences; null when none are set or they could not be read. */
      readonly energySources: number | null;
    }
  /** `error` says what to do. */
  | { readonly kind: 'failed'; readonly error: string };

type ConnectionSource = 'supervisor' | 'environment' | 'saved' | 'none';

export interface ConnectionSettingsDeps {
  readonly source:
    | { readonly kind: 'supervisor' }
    | ({ readonly kind: 'environment' } & HomeAssistantTarget)
    | { readonly kind: 'saved' };
  readonly settings: Settings;
  /** Connects to this Home Assistant from now on. */
  readonly use: (target: HomeAssistantTarget) => void;
  /** Signs in once and disconnects; has its own deadline and does not reject. */
  readonly attempt: (target: HomeAssistantTarget) => Promise<Trial>;
  /** Distinguishes environments without keeping their token. */
  readonly digest: (text: string) => string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Saved extends HomeAssistantTarget {
  /** Digest of the environment's address that the user replaced by this one; null when there was none. */
  readonly replaces: string | null;
}

type ChangeOutcome =
  | { readonly kind: 'changed'; readonly trial: Trial & { kind: 'connected' } }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'under_supervisor' };

const savedSetting = setting<Saved | null>({
  key: 'home_assistant',
  schema: z.object({ url: z.string(), token: z.string(), replaces: z.string().nullable() }),
  fallback: null,
});
const retryMs = 3000;

export class ConnectionSettings {
  readonly #deps: ConnectionSettingsDeps;
  #target: HomeAssistantTarget | null = null;
  #source: ConnectionSource;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: ConnectionSettingsDeps) {
    this.#deps = deps;
    this.#source = deps.source.kind === 'saved' ? 'none' : deps.source.kind;
  }

  /** Uses the environment's at once, and the saved one as soon as the store answers. */
  start(): void {
    const { source, use } = this.#deps;
    if (source.kind === 'supervisor') return;
    if (source.kind === 'environment') {
      this.#target = { url: source.url, token: source.token };
      use(this.#target);
    }
    void this.#load();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  source(): ConnectionSource {
    return this.#source;
  }

  /** Null under the Supervisor, and while none is known. */
  url(): string | null {
    return this.#target?.url ?? null;
  }

  isTokenSet(): boolean {
    return this.#source === 'supervisor' || this.#target !== null;
  }

  /** Tries, saves, and uses it. Rejects when the document store is down: then nothing changed. */
  async change(target: HomeAssistantTarget): Promise<ChangeOutcome> {
    const { source, settings, attempt, use, digest, clock, log } = this.#deps;
    if (source.kind === 'supervisor') return { kind: 'under_supervisor' };
    const trial = await attempt(target);
    if (trial.kind === 'failed') return trial;
    const replaces = source.kind === 'environment' ? digest(`${source.url}\n${source.token}`) : null;
    await settings.set(savedSetting, { ...target, replaces }, clock.nowUs());
    this.#target = target;
    this.#source = 'saved';
    use(target);
    log.info({ url: target.url, version: trial.version }, 'Another Home Assistant is used from now on');
    return { kind: 'changed', trial };
  }

  async #load(): Promise<void> {
    const { source, settings, use, digest, log } = this.#deps;
    let saved: Saved | null;
    try {
      saved = await settings.get(savedSetting);
    } catch (error) {
      log.debug({ err: error }, 'What was saved of Home Assistant is not known yet');
      if (!this.#isStopped) this.#timer = setTimeout(() => void this.#load(), retryMs);
      return;
    }
    if (this.#isStopped || this.#source === 'saved' || saved === null) return;
    if (source.kind === 'environment') {
      // The environment wins, unless the user replaced this very one in the settings.
      if (saved.replaces !== digest(`${source.url}\n${source.token}`)) return;
      log.info(
        { url: saved.url },
        'The saved Home Assistant is used, which replaced the one of the environment',
      );
    }
    this.#target = { url: saved.url, token: saved.token };
    this.#source = 'saved';
    use(this.#target);
  }
}
