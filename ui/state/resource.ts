/**
 * Something fetched: what is known of it, whether more is on its way, and what went wrong. What was known stays while
 * newer is fetched or can't be had. A passing failure is tried again by itself.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiProblem } from '../api.ts';
import { retryDelayMs } from './backoff.ts';

export interface Loaded<T> {
  readonly data: T | null;
  readonly problem: ApiProblem | null;
  /** True only while what is shown does not answer what was asked; a quiet refresh does not set it. */
  readonly isLoading: boolean;
}

const longestRetryMs = 30_000;

export class Resource<T> {
  readonly #state = signal<Loaded<T>>({ data: null, problem: null, isLoading: false });
  #running: AbortController | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #fetcher: ((signal: AbortSignal) => Promise<T>) | null = null;

  constructor(fetcher?: (signal: AbortSignal) => Promise<T>) {
    this.#fetcher = fetcher ?? null;
  }

  get state(): ReadonlySignal<Loaded<T>> {
    return this.#state;
  }

  get data(): T | null {
    return this.#state.value.data;
  }

  /** For what came by another way, such as the websocket. */
  set(data: T): void {
    clearTimeout(this.#retry);
    this.#state.value = { data, problem: null, isLoading: false };
  }

  /** Asks for something else; the answer to an earlier question is no longer waited for. */
  async ask(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#fetcher = fetcher;
    this.#failures = 0;
    await this.#run(true);
  }

  /** Asks the same again, without dimming what is there. */
  async refresh(): Promise<void> {
    await this.#run(this.#state.peek().data === null);
  }

  /** Stops waiting and trying. */
  stop(): void {
    clearTimeout(this.#retry);
    this.#running?.abort();
    this.#running = null;
  }

  async #run(isLoading: boolean): Promise<void> {
    const fetcher = this.#fetcher;
    if (fetcher === null) return;
    this.stop();
    const running = new AbortController();
    this.#running = running;
    if (isLoading) this.#state.value = { ...this.#state.peek(), isLoading: true };
    try {
      const data = await fetcher(running.signal);
      if (this.#running !== running) return;
      this.#failures = 0;
      this.#state.value = { data, problem: null, isLoading: false };
    } catch (error) {
      if (this.#running !== running) return;
      const problem = error instanceof ApiProblem ? error : new ApiProblem(String(error), { cause: error });
      this.#failures += 1;
      this.#state.value = { data: this.#state.peek().data, problem, isLoading: false };
      if (!problem.isPassing) return;
      const delayMs = Math.min(longestRetryMs, problem.retryAfterMs ?? retryDelayMs(this.#failures + 1));
      this.#retry = setTimeout(() => void this.#run(false), delayMs);
    }
  }
}
