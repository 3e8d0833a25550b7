import { dayUs } from '../../units/durations.ts';
import { quarterHourStartUs } from '../../units/quarter-hour.ts';
import type { CounterKind, CounterState } from '../counter/counter-state.ts';
import { type Entry, entryDifferences } from '../entries/entry.ts';
import type { LedgerStore } from '../entries/ledger-store.ts';
import type { Meter } from '../entries/meter.ts';
import type { PostedEntry } from '../entries/revision.ts';
import type { EvidenceSource } from '../evidence/evidence-source.ts';
import type { CounterEvidence } from '../evidence.ts';
import { postPages } from './posting-pages.ts';
import type { RepostingRules } from './reposting.ts';
import { readPower } from './stored-power.ts';

/** A disagreement; `detail` names both figures in words. */
export interface Finding {
  readonly entityId: string;
  readonly check: 'evidence' | 'conservation' | 'journal' | 'flows' | 'views';
  /** Null for the whole meter; for a view the start of its bucket. */
  readonly quarterHourStartUs: number | null;
  readonly detail: string;
}

export interface Verification {
  readonly entityId: string;
  readonly entries: number;
  readonly revisions: number;
  readonly findings: readonly Finding[];
}

interface VerificationDeps {
  readonly evidence: EvidenceSource;
  readonly ledger: LedgerStore;
}

/** More findings than this for one meter are dropped. */
const limitFindings = 100;
/** Settled quarter-hours don't depend on the present. */
const endOfTimeUs = Number.MAX_SAFE_INTEGER;
const stepUs = 7 * dayUs;
const powerStepUs = dayUs;

/**
 * Verifies promises 3 to 5 for one meter in the stores: every settled quarter-hour follows from its evidence, the
 * entries add up to the meter's own difference, and the current state is the journal's newest revision.
 * @param startUs the first quarter-hour that has an entry or evidence
 */
export async function verifyMeter(
  deps: VerificationDeps,
  rules: RepostingRules,
  meter: Meter,
  startUs: number,
  endUs: number,
): Promise<Verification> {
  const findings: Finding[] = [];
  const find = (finding: Finding) => {
    if (findings.length < limitFindings) findings.push(finding);
  };
  if (meter.posts === 'register') await verifyRegister(deps, rules, meter, find);
  else await verifyPower(deps, rules, meter, startUs, endUs, find);
  const { entries, revisions } = await verifyJournal(deps, meter.entityId, startUs, endUs, find);
  return { entityId: meter.entityId, entries, revisions, findings };
}

async function verifyRegister(
  deps: VerificationDeps,
  rules: RepostingRules,
  meter: Meter & { posts: 'register' },
  find: (finding: Finding) => void,
): Promise<void> {
  const { entityId, kind } = meter;
  let state: CounterState | null = null;
  let firstMicro: number | null = null;
  let quantityMicro = 0;
  let restartMicro = 0;
  const pages = postPages(deps.evidence, rules, meter, Number.MIN_SAFE_INTEGER, null, null, endOfTimeUs);
  for await (const { items, startUs, endUs, posting } of pages) {
    firstMicro ??= zeroPoint(kind, items);
    const current = await deps.ledger.current(entityId, startUs, endUs);
    compare(entityId, posting.entries, current, find);
    // A provisional entry may be a round behind its evidence, so there the computed entries are added up instead.
    const settled = current.filter((entry) => !entry.isProvisional && entry.reason !== 'withdrawn');
    const running = posting.entries.filter((entry) => entry.isProvisional);
    for (const entry of [...settled, ...running]) {
      if (entry.kind === 'quantity') quantityMicro += entry.amountMicro;
      else restartMicro += entry.amountMicro;
    }
    state = posting.state;
  }
  if (state === null || firstMicro === null) return;
  const ownMicro = state.baselineMicro - firstMicro;
  if (quantityMicro - restartMicro !== ownMicro) {
    find({
      entityId,
      check: 'conservation',
      quarterHourStartUs: null,
      detail: `entries add up to ${quantityMicro} less restarts of ${restartMicro}, the register moved by ${ownMicro}`,
    });
  }
}

/** The register from which a meter counts: the first of its evidence. */
function zeroPoint(kind: CounterKind, items: readonly CounterEvidence[]): number | null {
  for (const item of items) {
    if (item.kind === 'exchange') return item.newRegisterMicro;
    if (item.kind !== 'row' && item.kind !== 'reading') continue;
    if (item.registerMicro === null || (kind === 'rising' && item.registerMicro < 0)) continue;
    return item.registerMicro - (item.kind === 'row' ? (item.changeMicro ?? 0) : 0);
  }
  return null;
}

async function verifyPower(
  deps: VerificationDeps,
  rules: RepostingRules,
  meter: Meter,
  startUs: number,
  endUs: number,
  find: (finding: Finding) => void,
): Promise<void> {
  const { entityId } = meter;
  for (let stepStartUs = quarterHourStartUs(startUs); stepStartUs < endUs; stepStartUs += powerStepUs) {
    const stepEndUs = Math.min(endUs, stepStartUs + powerStepUs);
    const computed = await readPower(deps.evidence, rules, meter, stepStartUs, stepEndUs, endUs);
    compare(entityId, computed, await deps.ledger.current(entityId, stepStartUs, stepEndUs), find);
  }
}

/** Settled quarter-hours must agree; provisional ones may be a round behind. */
function compare(
  entityId: string,
  computed: readonly Entry[],
  current: readonly PostedEntry[],
  find: (finding: Finding) => void,
): void {
  const keyOf = (entry: Entry) => `${entry.quarterHourStartUs} ${entry.kind}`;
  const stored = new Map(current.map((entry) => [keyOf(entry), entry]));
  for (const entry of computed) {
    const found = stored.get(keyOf(entry));
    stored.delete(keyOf(entry));
    if (entry.isProvisional) continue;
    const differences = found === undefined ? ['no entry'] : entryDifferences(entry, found);
    if (differences.length === 0) continue;
    find({
      entityId,
      check: 'evidence',
      quarterHourStartUs: entry.quarterHourStartUs,
      detail: `${entry.kind} should follow its evidence: ${differences.join(', ')}`,
    });
  }
  for (const entry of stored.values()) {
    if (entry.reason === 'withdrawn' || entry.isProvisional) continue;
    find({
      entityId,
      check: 'evidence',
      quarterHourStartUs: entry.quarterHourStartUs,
      detail: `${entry.kind} of ${entry.amountMicro} has no evidence`,
    });
  }
}

/** The current state is the journal's newest revision, and no revision is missing. */
export async function verifyJournal(
  deps: Pick<VerificationDeps, 'ledger'>,
  entityId: string,
  startUs: number,
  endUs: number,
  find: (finding: Finding) => void,
): Promise<{ entries: number; revisions: number }> {
  let entries = 0;
  let revisions = 0;
  for (let stepStartUs = startUs; stepStartUs < endUs; stepStartUs += stepUs) {
    const stepEndUs = Math.min(endUs, stepStartUs + stepUs);
    const [current, journal] = await Promise.all([
      deps.ledger.current(entityId, stepStartUs, stepEndUs),
      deps.ledger.journal(entityId, stepStartUs, stepEndUs),
    ]);
    entries += current.length;
    revisions += journal.length;
    const byKey = new Map<string, PostedEntry[]>();
    for (const entry of journal) {
      const key = `${entry.quarterHourStartUs} ${entry.kind}`;
      byKey.set(key, [...(byKey.get(key) ?? []), entry]);
    }
    for (const entry of current) {
      if (entry.revision === 0) continue;
      const known = byKey.get(`${entry.quarterHourStartUs} ${entry.kind}`) ?? [];
      const isUnbroken = known.every((one, index) => one.revision === index + 1);
      const newest = known.at(-1);
      const isNewest = newest?.revision === entry.revision && entryDifferences(newest, entry).length === 0;
      if (isUnbroken && isNewest) continue;
      find({
        entityId,
        check: 'journal',
        quarterHourStartUs: entry.quarterHourStartUs,
        detail: `revision ${entry.revision} is current, the journal has ${known.map((one) => one.revision).join(', ') || 'none'}`,
      });
    }
  }
  return { entries, revisions };
}
