import type { ReadingStore } from '../recording/reading-store.ts';
import { microFromValue } from '../units/amount.ts';
import { fallFindings } from './detectors/register-fall.ts';
import { jumpFindings } from './detectors/register-jump.ts';
import { type PathRules, pathOf, type RegisterPoint } from './detectors/register-path.ts';
import { findSpikes, spikeFindings, spikeUs, withoutSpikes } from './detectors/spike.ts';
import type { Detected } from './tickets.ts';

const dayUs = 86_400_000_000;
const pageReadings = 10_000;
/** No home has more of one entity in a day than twice a second; what comes after these is looked at no more. */
const dayReadings = 200_000;

interface Told {
  readonly atUs: number;
  readonly value: number | null;
}

/** Readings in [fromUs, untilUs), page by page. */
export async function* pagesOf(
  store: Pick<ReadingStore, 'range'>,
  entityId: string,
  fromUs: number,
  untilUs: number,
): AsyncGenerator<readonly Told[]> {
  for (let sinceUs = fromUs; ; ) {
    const page = await store.range(entityId, sinceUs, untilUs, pageReadings);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageReadings) return;
    sinceUs = last.atUs + 1;
  }
}

/**
 * What a register did that no meter does, day by day, so that memory holds one day of one entity. A finding belongs to the
 * day in which it begins.
 * @param highestUsualMicro the meter's highest hour by the days around one; null when it is not known
 */
export async function checkRegister(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  rules: Omit<PathRules, 'highestUsualMicro'>,
  highestUsualMicro: (dayUs: number) => number | null,
  fromUs: number,
  untilUs: number,
): Promise<Detected[]> {
  const detected: Detected[] = [];
  for (let startUs = fromUs; startUs < untilUs; startUs += dayUs) {
    const endUs = Math.min(untilUs, startUs + dayUs);
    const path = await registerPath(store, entityId, rules.kind, startUs - spikeUs, endUs + spikeUs);
    const dayRules: PathRules = { ...rules, highestUsualMicro: highestUsualMicro(startUs) };
    const spikes = findSpikes(dayRules, path);
    const plain = withoutSpikes(path, spikes);
    const begins = ({ finding }: Detected) => finding.untilUs >= startUs && finding.untilUs < endUs;
    const found: Detected[] = [
      ...spikeFindings(entityId, dayRules, path, spikes).map(
        (finding) => ({ finding, handling: 'exclude' }) as const,
      ),
      ...[...jumpFindings(entityId, dayRules, plain), ...fallFindings(entityId, dayRules, plain)].map(
        (finding) => ({ finding, handling: 'ask' }) as const,
      ),
    ];
    detected.push(...found.filter(begins));
  }
  return detected;
}

/** A register's readings in [fromUs, untilUs), the one before them first. */
export async function registerPath(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  kind: PathRules['kind'],
  fromUs: number,
  untilUs: number,
): Promise<RegisterPoint[]> {
  const registers = (told: readonly Told[]) =>
    pathOf(
      kind,
      told.map(({ atUs, value }) => ({ atUs, registerMicro: value === null ? null : microFromValue(value) })),
    );
  const before = await store.before(entityId, fromUs, true);
  const path = before === null ? [] : registers([before]);
  for await (const page of pagesOf(store, entityId, fromUs, untilUs)) {
    path.push(...registers(page));
    if (path.length > dayReadings) break;
  }
  return path;
}
