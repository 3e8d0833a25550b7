import { z } from 'zod';
import type { QuestdbProbe } from './questdb-probe.ts';

export interface DemoHomeAddress {
  readonly url: string;
  readonly token: string;
}

const floodAnswer = z.object({
  result: z.object({ events: z.number(), firstUs: z.number(), lastUs: z.number() }),
});

export async function control(home: DemoHomeAddress, name: string, body: object): Promise<unknown> {
  const response = await fetch(`${home.url}/demo/${name}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${home.token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(600_000),
  });
  if (!response.ok) throw new Error(`the demo home: ${await response.text()}`);
  return response.json();
}

export interface FloodResult {
  readonly events: number;
  readonly stored: number;
  /** From the first event's instant until the last was queryable. */
  readonly seconds: number;
  readonly perSecond: number;
  /** Event's instant → seen by a query, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

const betweenLooksMs = 5;
const patienceMs = 60_000;

/**
 * Lets the demo home send at a rate and looks on, by query, how many of the flood's readings are there. The instants of
 * its events are evenly spread, so the count shows which ones.
 */
export async function flood(
  home: DemoHomeAddress,
  probe: QuestdbProbe,
  options: { readonly sensors: number; readonly eventsPerSecond: number; readonly events: number },
): Promise<FloodResult> {
  const askedUs = Date.now() * 1000;
  let isOver = false;
  const running = control(home, 'flood', options).finally(() => {
    isOver = true;
  });
  const seen: { readonly atMs: number; readonly count: number }[] = [];
  let changedMs = performance.now();
  const sql = `SELECT count() FROM energy_readings WHERE timestamp >= ${askedUs} AND entity_id LIKE 'sensor.bench_%'`;
  for (;;) {
    const count = await probe.number(sql);
    // The moment of the answer: a reading was queryable no later.
    const atMs = performance.timeOrigin + performance.now();
    if (count !== (seen.at(-1)?.count ?? 0)) {
      seen.push({ atMs, count });
      changedMs = performance.now();
    }
    if (count >= options.events) break;
    if (isOver && performance.now() - changedMs > patienceMs) break;
    await new Promise((resolve) => setTimeout(resolve, betweenLooksMs));
  }
  const { result } = floodAnswer.parse(await running);
  const stepMs = 1000 / options.eventsPerSecond;
  const firstMs = result.firstUs / 1000;
  const delays: number[] = [];
  let before = 0;
  for (const { atMs, count } of seen) {
    for (let i = before; i < count; i += 1) delays.push(atMs - (firstMs + i * stepMs));
    before = count;
  }
  delays.sort((a, b) => a - b);
  const at = (part: number) =>
    delays[Math.min(delays.length - 1, Math.floor(delays.length * part))] ?? Number.NaN;
  const last = seen.at(-1);
  const seconds = ((last?.atMs ?? Number.NaN) - firstMs) / 1000;
  const stored = last?.count ?? 0;
  return {
    events: result.events,
    stored,
    seconds,
    perSecond: stored / seconds,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    maxMs: at(1),
  };
}
