import http from 'node:http';

export interface Answer {
  readonly status: number;
  readonly bytes: number;
  readonly text: string;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: unknown;
}

const deadlineMs = 60_000;
const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });

/** One request over a connection that is kept: what a panel that is open would do. */
export function call({ method, url, body }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = sent === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request(url, { method, agent, headers, timeout: deadlineMs }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(parts);
        resolve({ status: response.statusCode ?? 0, bytes: whole.length, text: whole.toString() });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${deadlineMs} ms: ${url}`)));
    request.on('error', reject);
    request.end(sent);
  });
}

export interface Timing {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const warmUps = 3;

/** How long the work takes, one after another; the first few are not counted. */
export async function timed(runs: number, work: () => Promise<unknown>): Promise<Timing> {
  const taken: number[] = [];
  for (let run = -warmUps; run < runs; run += 1) {
    const beganMs = performance.now();
    await work();
    if (run >= 0) taken.push(performance.now() - beganMs);
  }
  taken.sort((a, b) => a - b);
  const at = (part: number) =>
    taken[Math.min(taken.length - 1, Math.ceil(taken.length * part) - 1)] ?? Number.NaN;
  return { p50Ms: at(0.5), p95Ms: at(0.95) };
}

/** Lines with columns under each other; the first to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}
