import { request } from 'node:http';
import { z } from 'zod';
import { forFetch } from '../../addon/sidecars/sidecars.ts';

const answer = z.object({ dataset: z.array(z.array(z.unknown())).default([]) });
const deadlineMs = 30_000;

/** Asks QuestDB itself, past everything that is measured. */
export class QuestdbProbe {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async rows(sql: string): Promise<unknown[][]> {
    const { url, headers } = forFetch(`${this.#url}/exec?${new URLSearchParams({ query: sql })}`);
    const response = await fetch(url, {
      headers,
      signal: AbortSignal.timeout(deadlineMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`QuestDB: ${text.slice(0, 300)}`);
    return answer.parse(JSON.parse(text)).dataset;
  }

  async number(sql: string): Promise<number> {
    return Number((await this.rows(sql))[0]?.[0]);
  }

  /** One body of ILP lines; resolves when QuestDB has taken them. */
  write(lines: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = request(
        `${this.#url}/write?precision=u`,
        { method: 'POST', timeout: deadlineMs },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.on('end', () =>
            response.statusCode === 204
              ? resolve()
              : reject(new Error(`${response.statusCode} ${text.slice(0, 300)}`)),
          );
        },
      );
      call.on('error', reject);
      call.end(lines);
    });
  }
}

export async function until(what: string, withinMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
