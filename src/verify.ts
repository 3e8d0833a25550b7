/**
 * `npm run verify`: proves on the running stores that the ledger says what its evidence says. Reads only; the process may
 * go on recording meanwhile. Exit code 1 when something differs, 69 when a store does not answer.
 */
import { createAdapters } from './adapters.ts';
import type { KnownEntity } from './home/entity.ts';
import { meterOf } from './ledger/meter.ts';
import { usualRules } from './ledger/reposting.ts';
import { StoredEvidence } from './ledger/stored-evidence.ts';
import { type Finding, verifyMeter } from './ledger/verification.ts';
import { createLog } from './log.ts';
import { readOptions } from './options.ts';
import { bucketStartUs } from './units/calendar.ts';
import { systemClock } from './units/clock.ts';
import { isoFromInstant } from './units/instant.ts';
import { quarterStartUs } from './units/quarter.ts';
import { everyFlow } from './views/flow-posting.ts';

const adapters = createAdapters(readOptions(process.env, process.cwd()), systemClock, createLog('error'));
const say = (line: string) => process.stdout.write(`${line}\n`);

function told(finding: Finding): string {
  const at = finding.quarterStartUs === null ? '' : ` ${isoFromInstant(finding.quarterStartUs)}`;
  return `  ${finding.check}${at}: ${finding.detail}`;
}

/** Days of the view against days added up here from the entries. */
async function verifyViews(ids: readonly string[], fromUs: number, untilUs: number): Promise<string[]> {
  const { ledgerStore, ledgerViews } = adapters;
  const zone = ledgerViews.zone();
  const differences: string[] = [];
  for (const id of ids) {
    const sums = new Map<number, number>();
    for (const entry of await ledgerStore.current(id, fromUs, untilUs)) {
      if (entry.kind !== 'quantity' || entry.reason === 'withdrawn') continue;
      const dayUs = bucketStartUs(entry.quarterStartUs, 'day', zone);
      sums.set(dayUs, (sums.get(dayUs) ?? 0) + entry.amountMicro);
    }
    const days = await ledgerViews.buckets([id], 'day', fromUs, untilUs);
    const seen = new Map(days.map((day) => [day.startUs, day.amountMicro]));
    for (const dayUs of new Set([...sums.keys(), ...seen.keys()])) {
      if (sums.get(dayUs) === seen.get(dayUs)) continue;
      differences.push(
        `  views ${id} ${isoFromInstant(dayUs)}: ${seen.get(dayUs)}, entries say ${sums.get(dayUs)}`,
      );
    }
  }
  return differences;
}

async function verify(): Promise<number> {
  const {
    entityStore,
    settingsStore,
    readingStore,
    statisticsStore,
    correctionStore,
    ledgerStore,
    ledgerViews,
  } = adapters;
  const entities: KnownEntity[] = await entityStore.all();
  const config = await settingsStore.get('home_config');
  const zone =
    typeof config === 'object' && config !== null && 'timeZone' in config ? String(config.timeZone) : 'UTC';
  await ledgerViews.setZone(zone);
  const tracked = entities.filter((entity) => entity.isTracked);
  const meters = tracked.flatMap((entity) => meterOf(entity, tracked) ?? []);
  const evidence = new StoredEvidence({
    readings: readingStore,
    statistics: statisticsStore,
    corrections: (entityId) => correctionStore.of(entityId),
    kindOf: (entityId) => {
      const meter = meters.find((one) => one.entityId === entityId);
      return meter?.posts === 'register' ? meter.kind : 'rising';
    },
  });
  // The running quarters move while this reads: what is checked ends two quarters ago.
  const untilUs = quarterStartUs(systemClock.nowUs()) - 1_800_000_000;
  let findings = 0;
  for (const meter of meters) {
    const extent = await ledgerViews.extent([meter.entityId]);
    const result = await verifyMeter(
      { evidence, ledger: ledgerStore },
      usualRules,
      meter,
      extent?.firstUs ?? untilUs,
      untilUs,
    );
    findings += result.findings.length;
    const verdict = result.findings.length === 0 ? 'agrees' : `${result.findings.length} differences`;
    say(`${meter.entityId}: ${result.entries} entries, ${result.revisions} revisions, ${verdict}`);
    for (const finding of result.findings) say(told(finding));
  }
  const ids = [...meters.map((meter) => meter.entityId), ...everyFlow];
  const extent = await ledgerViews.extent(ids);
  // Whole days, so that the views' are compared with all of theirs.
  const dayUs = bucketStartUs(untilUs, 'day', zone);
  const differences =
    extent === null ? [] : await verifyViews(ids, bucketStartUs(extent.firstUs, 'day', zone), dayUs);
  for (const line of differences) say(line);
  findings += differences.length;
  say(findings === 0 ? 'The ledger agrees with its evidence.' : `${findings} differences.`);
  return findings === 0 ? 0 : 1;
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
