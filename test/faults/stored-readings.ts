/** What is in QuestDB, asked for without any part of ours: the other side of every comparison. */

import { forFetch } from '../../addon/sidecars/sidecars.ts';

/** A reading as both sides are compared: its instant and its value. */
export interface ReportedReading {
  readonly atUs: number;
  /** Null: it was not available. */
  readonly value: number | null;
}

export async function ask(questdbUrl: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  const { url, headers } = forFetch(`${questdbUrl}/exec?query=${encodeURIComponent(sql)}`);
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
  const answer = (await response.json()) as { dataset?: unknown[][]; error?: string };
  if (answer.dataset === undefined) throw new Error(`QuestDB: ${answer.error ?? response.status}`);
  return answer.dataset;
}

/** Every row of an entity, oldest first; a doubled row comes twice. */
export async function storedReadings(questdbUrl: string, entityId: string): Promise<ReportedReading[]> {
  const sql =
    'SELECT cast(timestamp as long) at, state FROM energy_readings ' +
    `WHERE entity_id = '${entityId}' ORDER BY timestamp`;
  return (await ask(questdbUrl, sql)).map(([at, state]) => ({
    atUs: Number(at),
    value: typeof state === 'number' ? state : null,
  }));
}

/** Where the two sides differ, in a few lines; empty when they say the same. */
export function differencesOf(
  entityId: string,
  reported: readonly ReportedReading[],
  stored: readonly ReportedReading[],
): string[] {
  const lines: string[] = [];
  const valueAt = new Map(reported.map((one) => [one.atUs, one.value]));
  const counts = new Map<number, number>();
  for (const { atUs, value } of stored) {
    counts.set(atUs, (counts.get(atUs) ?? 0) + 1);
    if (!valueAt.has(atUs)) lines.push(`${entityId}: ${atUs} is stored, and was never reported`);
    else if (valueAt.get(atUs) !== value)
      lines.push(`${entityId}: ${atUs} is stored as ${value}, and was ${valueAt.get(atUs)}`);
  }
  for (const [atUs, count] of counts)
    if (count > 1) lines.push(`${entityId}: ${atUs} is stored ${count} times`);
  const missing = reported.filter(({ atUs }) => !counts.has(atUs));
  const [first] = missing;
  const last = missing.at(-1);
  if (first !== undefined && last !== undefined)
    lines.push(
      `${entityId}: ${missing.length} of ${reported.length} are missing, ${first.atUs} to ${last.atUs}`,
    );
  return lines.slice(0, 10);
}
