import { lastingUs } from '../../ledger/counter/counter-dip.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import { microFromValue } from '../../units/amount.ts';
import { dayUs } from '../../units/durations.ts';
import { claimOf } from '../detectors/ledger-claim.ts';
import { fallFindings, loweredFindings } from '../detectors/register-fall.ts';
import { jumpFindings } from '../detectors/register-jump.ts';
import { type PathRules, pathOf, type RegisterPoint } from '../detectors/register-path.ts';
import { findSpikes, spikeFindings, spikeUs, withoutSpikes } from '../detectors/spike.ts';
import type { Detected } from '../tickets/tickets.ts';

const pageReadings = 10_000;
/** Readings of one entity in a day, two a second; the rest of the day is not checked. */
const dayReadings = 200_000;
/** Read on either side: a spike has to come back, and a register that goes on lower is certain only after some hours. */
const wideUs = spikeUs + lastingUs;
/** At least so many readings on either side, however far away. */
const contextReadings = 60;

interface StoredReading {
  readonly atUs: number;
  readonly value: number | null;
  readonly lastResetAtUs?: number | null;
}

/** Readings in [startUs, endUs), page by page. */
export async function* pagesOf(
  store: Pick<ReadingStore, 'range'>,
  entityId: string,
  startUs: number,
  endUs: number,
): AsyncGenerator<readonly StoredReading[]> {
  for (let sinceUs = startUs; ; ) {
    const page = await store.range(entityId, sinceUs, endUs, pageReadings);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageReadings) return;
    sinceUs = last.atUs + 1;
  }
}

/**
 * Spikes, jumps and falls of a register, day by day, so that memory holds one day of one entity. A finding belongs to the
 * day in which it ends.
 * @param highestUsualMicro the meter's highest hour by the days around one; null when it is not known
 */
export async function checkRegister(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  rules: Omit<PathRules, 'highestUsualMicro'>,
  highestUsualMicro: (dayUs: number) => number | null,
  startUs: number,
  endUs: number,
): Promise<Detected[]> {
  const detected: Detected[] = [];
  for (let dayStartUs = startUs; dayStartUs < endUs; dayStartUs += dayUs) {
    const dayEndUs = Math.min(endUs, dayStartUs + dayUs);
    const points = await registersAround(store, entityId, dayStartUs, dayEndUs);
    const path = pathOf(rules.kind, points);
    const dayRules: PathRules = { ...rules, highestUsualMicro: highestUsualMicro(dayStartUs) };
    const spikes = findSpikes(dayRules, path);
    const plain = withoutSpikes(path, spikes);
    const away = new Set(
      spikes.flatMap(({ first, last }) => path.slice(first, last + 1)).map(({ atUs }) => atUs),
    );
    const isOfDay = ({ finding }: Detected) => finding.endUs >= dayStartUs && finding.endUs < dayEndUs;
    const found: Detected[] = [
      ...spikes.flatMap((spike) =>
        spikeFindings(entityId, dayRules, path, [spike]).map(
          (finding): Detected => ({ finding, handling: 'exclude', claim: claimOf(rules, plain, spike) }),
        ),
      ),
      ...[
        ...jumpFindings(entityId, dayRules, plain),
        ...fallFindings(entityId, dayRules, plain),
        ...loweredFindings(
          entityId,
          dayRules,
          points.filter(({ atUs }) => !away.has(atUs)),
        ),
      ].map((finding): Detected => ({ finding, handling: 'ask' })),
    ];
    detected.push(...found.filter(isOfDay));
  }
  return detected;
}

/** A register's readings in [startUs, endUs), and enough on either side to know its pace. */
async function registersAround(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  startUs: number,
  endUs: number,
): Promise<RegisterPoint[]> {
  const around: RegisterPoint[] = [];
  const read = async (partStartUs: number, partEndUs: number): Promise<RegisterPoint[]> => {
    const points: RegisterPoint[] = [];
    for await (const page of pagesOf(store, entityId, partStartUs, partEndUs)) {
      points.push(...page.flatMap(pointOf));
      if (points.length > dayReadings) break;
    }
    return points;
  };
  around.push(...(await read(startUs - wideUs, endUs + wideUs)));
  const isFew = (isThere: (point: RegisterPoint) => boolean) =>
    around.filter(isThere).length < contextReadings;
  // A sensor that reports seldom needs a longer past for its pace, and comes back later.
  let sinceUs = startUs - wideUs;
  for (const us of [dayUs, 10 * dayUs]) {
    if (!isFew(({ atUs }) => atUs < startUs)) break;
    around.unshift(...(await read(sinceUs - us, sinceUs)));
    sinceUs -= us;
  }
  const before = await store.before(entityId, sinceUs, true);
  if (before !== null) around.unshift(...pointOf(before));
  if (isFew(({ atUs }) => atUs >= endUs)) {
    const later = await store.range(entityId, endUs + wideUs, Number.MAX_SAFE_INTEGER, contextReadings);
    around.push(...later.flatMap(pointOf));
  }
  return around;
}

function pointOf({ atUs, value, lastResetAtUs = null }: StoredReading): RegisterPoint[] {
  const registerMicro = value === null ? null : microFromValue(value);
  return registerMicro === null ? [] : [{ atUs, registerMicro, lastResetAtUs }];
}

/** A register's readings in [startUs, endUs), the one before them first. */
export async function registerPath(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  kind: PathRules['kind'],
  startUs: number,
  endUs: number,
): Promise<RegisterPoint[]> {
  const before = await store.before(entityId, startUs, true);
  const path = before === null ? [] : pathOf(kind, pointOf(before));
  for await (const page of pagesOf(store, entityId, startUs, endUs)) {
    path.push(...pathOf(kind, page.flatMap(pointOf)));
    if (path.length > dayReadings) break;
  }
  return path;
}
