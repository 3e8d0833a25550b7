import { type QuestdbProbe, until } from './questdb-probe.ts';

const table = 'bench_raw';
/** As many as the process flushes at once. */
const linesPerBody = 5000;

/**
 * How many readings a second QuestDB takes when one client does nothing but send ready-made lines, each body after the
 * answer to the one before, until all can be queried: what the process is measured against.
 */
export async function rawIlp(probe: QuestdbProbe, count: number, sensors: number): Promise<number> {
  await probe.rows(`DROP TABLE IF EXISTS ${table}`);
  await probe.rows(
    `CREATE TABLE ${table} (entity_id SYMBOL, timestamp TIMESTAMP, state DOUBLE, unit SYMBOL, source_unit SYMBOL,
     absence SYMBOL, last_reset TIMESTAMP, origin SYMBOL) TIMESTAMP(timestamp) PARTITION BY DAY WAL
     DEDUP UPSERT KEYS(timestamp, entity_id)`,
  );
  const startUs = Date.UTC(2026, 0, 1) * 1000;
  const bodies: string[] = [];
  for (let from = 0; from < count; from += linesPerBody) {
    let body = '';
    for (let i = from; i < Math.min(from + linesPerBody, count); i += 1)
      body += `${table},entity_id=sensor.bench_${String(i % sensors).padStart(4, '0')}_power,unit=W,source_unit=W,origin=stream state=${i / 100} ${startUs + i * 50}\n`;
    bodies.push(body);
  }
  const beganMs = performance.now();
  for (const body of bodies) await probe.write(body);
  await until(
    'the raw lines',
    60_000,
    async () => (await probe.number(`SELECT count() FROM ${table}`)) >= count,
  );
  const seconds = (performance.now() - beganMs) / 1000;
  await probe.rows(`DROP TABLE ${table}`);
  return count / seconds;
}

const ledgerTable = 'bench_raw_ledger';

/** The same of rows as the ledger's: each quarter-hour of all meters, in the order of time. */
export async function rawLedger(probe: QuestdbProbe, count: number, meters: number): Promise<number> {
  await probe.rows(`DROP TABLE IF EXISTS ${ledgerTable}`);
  await probe.rows(
    `CREATE TABLE ${ledgerTable} (entity_id SYMBOL, kind SYMBOL, timestamp TIMESTAMP, amount LONG, quality INT,
     covered LONG, reason SYMBOL, first_evidence TIMESTAMP, last_evidence TIMESTAMP, on_time LONG, provisional BOOLEAN,
     revision INT, posted_at TIMESTAMP) TIMESTAMP(timestamp) PARTITION BY MONTH WAL
     DEDUP UPSERT KEYS(timestamp, entity_id, kind)`,
  );
  const startUs = Date.UTC(2026, 0, 1) * 1000;
  let sendingMs = 0;
  for (let from = 0; from < count; from += linesPerBody) {
    let body = '';
    for (let i = from; i < Math.min(from + linesPerBody, count); i += 1) {
      const atUs = startUs + Math.floor(i / meters) * 900_000_000;
      body += `${ledgerTable},entity_id=sensor.bench_${i % meters},kind=quantity,reason=counted amount=${i}i,quality=0i,covered=900000000i,first_evidence=${atUs}t,last_evidence=${atUs}t,provisional=f,revision=1i,posted_at=${atUs}t ${atUs}\n`;
    }
    const beganMs = performance.now();
    await probe.write(body);
    sendingMs += performance.now() - beganMs;
  }
  const beganMs = performance.now();
  await until(
    'the raw lines',
    60_000,
    async () => (await probe.number(`SELECT count() FROM ${ledgerTable}`)) >= count,
  );
  const seconds = (sendingMs + performance.now() - beganMs) / 1000;
  await probe.rows(`DROP TABLE ${ledgerTable}`);
  return count / seconds;
}
