/**
 * Something fetched: its data, whether a request is under way, and what failed. Data stays while newer data is fetched
 * or cannot be fetched. A transient failure is retried.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { Backoff } from '../../src/runtime/backoff.ts';
import { ApiProblem } from '../api.ts';

interface Loaded<T> {
  readonly data: T | null;
  readonly problem: ApiProblem | null;
  /** True while the data does not answer the current question; a quiet refresh does not set it. */
  readonly isLoading: boolean;
}

const firstRetryMs = 1000;
const longestRetryMs = 15_000;
/** Limit for the delay that an answer asks for. */
const longestAskedMs = 30_000;

export class Resource<T> {
  readonly #state = signal<Loaded<T>>({ data: null, problem: null, isLoading: false });
  readonly #backoff = new Backoff(firstRetryMs, longestRetryMs);
  #running: AbortController | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
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

  /** Replaces the data by data from elsewhere, such as the websocket. */
  set(data: T): void {
    clearTimeout(this.#retry);
    this.#state.value = { data, problem: null, isLoading: false };
  }

  /** Asks another question. The answer to an earlier one is dropped. */
  async ask(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#fetcher = fetcher;
    this.#backoff.reset();
    await this.#run(true);
  }

  /** Asks the same question again. Data that is shown is not dimmed. */
  async refresh(): Promise<void> {
    await this.#run(this.#state.peek().data === null);
  }

  /** Aborts the request and the retries. */
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
      this.#backoff.reset();
      this.#state.value = { data, problem: null, isLoading: false };
    } catch (error) {
      if (this.#running !== running) return;
      const problem = error instanceof ApiProblem ? error : new ApiProblem(String(error), { cause: error });
      const retryMs = this.#backoff.nextMs();
      this.#state.value = { data: this.#state.peek().data, problem, isLoading: false };
      if (!problem.isTransient) return;
      const delayMs = Math.min(longestAskedMs, problem.retryAfterMs ?? retryMs);
      this.#retry = setTimeout(() => void this.#run(false), delayMs);
    }
  }
}
