/**
 * `npm run verify`: checks on the running stores that the ledger agrees with its evidence, that the journal has every
 * revision, that the home's flows agree with its meters and that hours and days agree with the entries. Reads only;
 * the process may go on recording meanwhile. Exit code 1 when something differs, 69 when a store does not answer.
 */
import { createAdapters } from './composition/adapters.ts';
import { verifyLedger } from './composition/ledger-verification.ts';
import { readOptions } from './composition/options.ts';
import { withRenames } from './home/grid-connection.ts';
import { loadRecord } from './home/home-record.ts';
import { renamesAmong } from './home/known-entities.ts';
import { unknownSources } from './home/unknown-sources.ts';
import { unpostedSetting } from './ledger/corrections/unposted-corrections.ts';
import { markSetting } from './ledger/posting/posting-worker.ts';
import type { Finding } from './ledger/posting/verification.ts';
import { systemClock } from './runtime/clock.ts';
import { createLog } from './runtime/console-log.ts';
import { pause } from './runtime/pause.ts';
import { isZone } from './units/calendar.ts';
import { isoFromInstant } from './units/instant.ts';

const adapters = createAdapters(readOptions(process.env, process.cwd()), systemClock, createLog('error'));
const say = (line: string) => process.stdout.write(`${line}\n`);
/** Posting runs every ten seconds. */
const pauseMs = 15_000;

function findingLine({ entityId, check, quarterHourStartUs, detail }: Finding): string {
  const at = quarterHourStartUs === null ? '' : ` ${isoFromInstant(quarterHourStartUs)}`;
  return `  ${check} ${entityId}${at}: ${detail}`;
}

async function verify(): Promise<number> {
  const { settings } = adapters;
  const { entities, config, missing } = await loadRecord(adapters.entityStore, settings);
  const zone = config !== null && isZone(config.timeZone) ? config.timeZone : 'UTC';
  const views = adapters.createLedgerViews(() => zone);
  await views.prepare();
  const renames = renamesAmong(entities);
  const connections = await adapters.gridConnectionStore.all();
  const { meters, findings } = await verifyLedger({
    entities,
    unknown: unknownSources(entities, missing ?? []),
    connections: connections.map((connection) => withRenames(connection, renames)),
    readings: adapters.readingStore,
    statistics: adapters.statisticsStore,
    corrections: adapters.correctionStore,
    ledger: adapters.ledgerStore,
    views,
    mark: () => settings.get(markSetting),
    unposted: () => settings.get(unpostedSetting),
    receivedSince: adapters.receivedSince,
    clock: systemClock,
    pause: () => pause(pauseMs),
  });
  for (const { entityId, entries, revisions, waiting } of meters) {
    const differences = findings.filter((finding) => finding.entityId === entityId).length;
    const verdict = differences === 0 ? 'agrees' : `${differences} differences`;
    const rest = waiting === 0 ? '' : `, ${waiting} entries wait to be posted`;
    say(`${entityId}: ${entries} entries, ${revisions} revisions, ${verdict}${rest}`);
  }
  for (const finding of findings) say(findingLine(finding));
  say(findings.length === 0 ? 'The ledger agrees with its evidence.' : `${findings.length} differences.`);
  return findings.length === 0 ? 0 : 1;
}

let code = 69;
try {
  code = await verify();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
} finally {
  await adapters.closeStores();
}
process.exit(code);
