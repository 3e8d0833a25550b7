/** Checks regularly whether a store answers, so that the status page knows without a request having to fail. */
import type { PartHealth } from '../runtime/health.ts';
import type { Log } from '../runtime/log.ts';

interface StoreHealthDeps {
  /** The name on the status page. */
  readonly name: string;
  /** Rejects when the store does not answer; has a deadline of its own. */
  readonly ping: () => Promise<unknown>;
  readonly log: Log;
  readonly onChange: (isUp: boolean) => void;
}

const upEveryMs = 5000;
const downEveryMs = 1000;

export class StoreHealth {
  readonly #deps: StoreHealthDeps;
  #isUp: boolean | null = null;
  #error: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(deps: StoreHealthDeps) {
    this.#deps = deps;
  }

  start(): void {
    void this.#check();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  isUp(): boolean {
    return this.#isUp === true;
  }

  health(): PartHealth {
    if (this.#isUp === true) return { isOk: true, problem: null };
    const { name } = this.#deps;
    return {
      isOk: false,
      problem:
        this.#isUp === null
          ? { code: 'store_not_reached', values: { store: name } }
          : { code: 'store_silent', values: { store: name, reason: this.#error ?? 'no reason given' } },
    };
  }

  async #check(): Promise<void> {
    const { ping, log, name, onChange } = this.#deps;
    const before = this.#isUp;
    try {
      await ping();
      this.#isUp = true;
      this.#error = null;
    } catch (error) {
      this.#isUp = false;
      // Drivers put addresses into their messages, and an address may hold a password.
      this.#error = withoutCredentials(error instanceof Error ? error.message : String(error));
    }
    if (this.#isStopped) return;
    if (before !== this.#isUp) {
      if (this.#isUp) log.info({}, `${name} answers`);
      else log.warn({ reason: this.#error }, `${name} does not answer`);
      onChange(this.#isUp);
    }
    this.#timer = setTimeout(() => void this.#check(), this.#isUp ? upEveryMs : downEveryMs);
  }
}

/** `scheme://user:password@host` without the user and password; cut to a line. */
export function withoutCredentials(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/\/\/[^/@\s]*@/g, '//').slice(0, 300);
}
