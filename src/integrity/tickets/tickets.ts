import { isDeepStrictEqual } from 'node:util';
import type {
  CorrectionChanges,
  CorrectionOutcome,
  CorrectionRefusal,
  Corrections,
} from '../../ledger/evidence/corrections.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { Mutex } from '../../runtime/mutex.ts';
import type { Interval } from '../../units/interval.ts';
import type { LedgerClaim } from '../detectors/ledger-claim.ts';
import {
  type Finding,
  type Ticket,
  type TicketDecision,
  type TicketKind,
  type TicketStatus,
  type TicketStore,
  ticketIdOf,
} from '../ticket.ts';
import {
  type AnswerRefusal,
  automaticExclusion,
  correctionOf,
  type TicketAnswer,
} from './ticket-correction.ts';

/** A finding, and who handles it. */
export interface Detected {
  readonly finding: Finding;
  /** `ask`: a person decides; `record`: it is mended already, or there is nothing to do; `exclude`: safe to leave out. */
  readonly handling: 'ask' | 'record' | 'exclude';
  /** What the ledger must hold after the exclusion; null or absent where that is not known. */
  readonly claim?: LedgerClaim | null;
}

/** What a run checked: tickets that are open there and were not found again have passed. */
export interface CheckedScope extends Interval {
  readonly kinds: readonly TicketKind[];
  readonly entityIds: ReadonlySet<string>;
  /** Whether also what concerns the whole home. */
  readonly home: boolean;
}

interface Reported {
  readonly opened: number;
  readonly passed: number;
}

export type TicketOutcome =
  | { readonly kind: 'done'; readonly ticket: Ticket; readonly changes: CorrectionChanges | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly field: string; readonly refusal: AnswerRefusal | CorrectionRefusal }
  | { readonly kind: 'conflict'; readonly conflict: TicketConflict };

export type TicketConflict =
  | {
      readonly code: 'not_open';
      readonly values: { readonly status: TicketStatus; readonly isUndoable: boolean };
    }
  | { readonly code: 'nothing_decided' }
  | CorrectionRefusal;

interface TicketsDeps {
  readonly store: TicketStore;
  readonly corrections: Pick<Corrections, 'preview' | 'apply' | 'takeBack'>;
  /** What the ledger holds of a meter in quarter-hours that start in [startUs, endUs); null when it has none. */
  readonly counted: (entityId: string, span: Interval) => Promise<number | null>;
  /** The id that an entity has now: corrections of a renamed entity are declared under it. */
  readonly idNow?: (entityId: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange?: () => void;
}

/** New tickets of a run that a person can still read; one more ticket has the number of the others. */
export const newPerReport = 50;
/** Tickets that are mended without a person may be more. */
export const mendedPerReport = 200;
export const ticketsKept = 2000;

/**
 * Makes tickets of findings and answers of choices. One thing at a time, so that a run and a person don't write the same
 * ticket. Calls reject when a store is down; they may be repeated.
 */
export class Tickets {
  readonly #deps: TicketsDeps;
  readonly #mutex = new Mutex();
  #open: ReadonlyMap<TicketKind, number> | null = null;

  constructor(deps: TicketsDeps) {
    this.#deps = deps;
  }

  /** How many of each kind ask for a decision; null while they could not be counted. */
  open(): ReadonlyMap<TicketKind, number> | null {
    return this.#open;
  }

  /** Counts what is open. Rejects when the store is down. */
  async count(): Promise<void> {
    const tickets = await this.#deps.store.list({ status: 'open', entityId: null, limit: ticketsKept });
    const open = new Map<TicketKind, number>();
    for (const { kind } of tickets) open.set(kind, (open.get(kind) ?? 0) + 1);
    this.#open = open;
  }

  /** @param scope null: no ticket passes */
  report(
    detected: readonly Detected[],
    scope: CheckedScope | null,
    syncId: string | null,
  ): Promise<Reported> {
    return this.#mutex.run(() => this.#report(detected, scope, syncId));
  }

  /** @param by the name of who decides */
  resolve(ticketId: string, answer: TicketAnswer, by: string, isDryRun: boolean): Promise<TicketOutcome> {
    return this.#mutex.run(() => this.#resolve(ticketId, answer, by, isDryRun));
  }

  /** Takes back what was decided, or what the app did by itself: the ticket asks again. */
  undo(ticketId: string): Promise<TicketOutcome> {
    return this.#mutex.run(() => this.#undo(ticketId));
  }

  async #report(
    detected: readonly Detected[],
    scope: CheckedScope | null,
    syncId: string | null,
  ): Promise<Reported> {
    const { store } = this.#deps;
    const known = await store.list({ status: 'all', entityId: null, limit: ticketsKept });
    const byId = new Map(known.map((ticket) => [ticket.ticketId, ticket]));
    const found = new Set<string>();
    const fresh: Detected[] = [];
    let isChanged = false;
    for (const one of detected) {
      const { finding } = one;
      const ticketId = ticketIdOf(finding);
      const same = byId.get(ticketId) ?? known.find((ticket) => holds(ticket, finding));
      if (same === undefined) {
        if (!found.has(ticketId)) fresh.push(one);
      } else if (same.ticketId === ticketId && (await this.#seenAgain(same, one))) isChanged = true;
      found.add(same?.ticketId ?? ticketId);
    }
    const [mending, asking] = [fresh.filter(isMendable), fresh.filter((one) => !isMendable(one))];
    const opening = [...mending.slice(0, mendedPerReport), ...asking.slice(0, newPerReport)];
    const surplus = [...mending.slice(mendedPerReport), ...asking.slice(newPerReport)];
    for (const one of opening) await this.#openOne(one, syncId);
    const [left] = surplus;
    if (left !== undefined)
      await this.#openOne({ finding: moreFinding(left.finding, surplus), handling: 'ask' }, syncId);
    // Exclusions that were not made change the totals of their meter.
    const unmended = new Set(surplus.map(({ finding }) => finding.entityId));
    for (const one of detected)
      if (!unmended.has(one.finding.entityId) && (await this.#verifyMended(one))) isChanged = true;
    const gone = scope === null ? [] : known.filter((one) => !found.has(one.ticketId) && isIn(scope, one));
    for (const ticket of gone)
      await store.save({ ...ticket, status: 'passed', closedAtUs: this.#deps.clock.nowUs() });
    if (opening.length > 0 || gone.length > 0 || isChanged) await this.#publish();
    return { opened: opening.length, passed: gone.length };
  }

  /** @returns whether the ticket was written */
  async #seenAgain(ticket: Ticket, { finding, handling }: Detected): Promise<boolean> {
    if (ticket.status === 'decided' || ticket.status === 'mended') return false;
    const isRecorded = handling === 'record';
    const next: Ticket = {
      ...ticket,
      ...finding,
      status: isRecorded ? 'mended' : 'open',
      closedAtUs: isRecorded ? this.#deps.clock.nowUs() : null,
    };
    const isSame =
      next.status === ticket.status &&
      next.endUs === ticket.endUs &&
      isDeepStrictEqual(next.statement, ticket.statement) &&
      next.choices.length === ticket.choices.length;
    if (!isSame) await this.#deps.store.save(next);
    return !isSame;
  }

  async #openOne({ finding, handling }: Detected, syncId: string | null): Promise<void> {
    const nowUs = this.#deps.clock.nowUs();
    const ticket: Ticket = {
      ...finding,
      ticketId: ticketIdOf(finding),
      status: handling === 'record' ? 'mended' : 'open',
      decision: null,
      unmended: null,
      syncId,
      openedAtUs: nowUs,
      closedAtUs: handling === 'record' ? nowUs : null,
    };
    // Written before it is mended: a correction never stands without its ticket.
    await this.#deps.store.save(ticket);
    if (handling === 'exclude') await this.#mend(ticket);
  }

  async #mend(ticket: Ticket): Promise<void> {
    const asked = correctionOf(ticket, automaticExclusion, this.#deps.clock.nowUs());
    if (asked.kind === 'refused' || asked.correction === null) return;
    const outcome = await this.#deps.corrections.apply(asked.correction);
    if (outcome.kind !== 'changed') {
      const why = outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
      this.#deps.log.warn({ ticketId: ticket.ticketId, why }, 'What was found could not be mended by itself');
      return;
    }
    const atUs = this.#deps.clock.nowUs();
    const decision: TicketDecision = {
      ...{ choice: 'exclude' as const, valueMicro: null, isAutomatic: true, by: null, notes: '', atUs },
      correctionIds: [asked.correction.correctionId],
    };
    await this.#deps.store.save({ ...ticket, status: 'mended', decision, closedAtUs: atUs });
  }

  /**
   * A ticket is `mended` only if the ledger holds what the readings allow: the ledger's total is compared after all
   * exclusions of a run. If it does not agree the ticket is open again, and the correction is taken back.
   * @returns whether the ticket was written
   */
  async #verifyMended({ finding, claim }: Detected): Promise<boolean> {
    const { store, corrections, counted, log } = this.#deps;
    const { entityId, evidence } = finding;
    if (claim == null || entityId === null) return false;
    const ticketId = ticketIdOf(finding);
    const ticket = await store.find(ticketId);
    if (ticket?.decision?.isAutomatic !== true) return false;
    const micro = await counted(entityId, claim);
    if (micro === null || (micro >= claim.leastMicro && micro <= claim.mostMicro)) return false;
    if (await this.#isLeftBeside(entityId, claim)) return false;
    log.warn({ ticketId, countedMicro: micro, ...claim }, 'The ledger does not hold what a ticket claims');
    for (const correctionId of ticket.decision.correctionIds) await corrections.takeBack(correctionId);
    const unit = evidence[0]?.unit === 'm³' ? 'm³' : 'kWh';
    const unmended = { countedMicro: micro, mostMicro: claim.mostMicro, unit } as const;
    await store.save({ ...ticket, unmended, status: 'open', decision: null, closedAtUs: null });
    return true;
  }

  /** Another spike in the same quarter-hours is counted, because it was undone or accepted. */
  async #isLeftBeside(entityId: string, { startUs, endUs }: LedgerClaim) {
    const known = await this.#deps.store.list({ status: 'all', entityId, limit: ticketsKept });
    return known.some(
      (one) => one.kind === 'spike' && one.status !== 'mended' && one.startUs < endUs && one.endUs >= startUs,
    );
  }

  async #resolve(
    ticketId: string,
    answer: TicketAnswer,
    by: string,
    isDryRun: boolean,
  ): Promise<TicketOutcome> {
    const { store, corrections, clock } = this.#deps;
    const ticket = await store.find(ticketId);
    if (ticket === null) return { kind: 'unknown' };
    if (ticket.status !== 'open') {
      const values = { status: ticket.status, isUndoable: ticket.decision !== null };
      return { kind: 'conflict', conflict: { code: 'not_open', values } };
    }
    const atUs = clock.nowUs();
    const { entityId } = ticket;
    const idNow = entityId === null ? null : (this.#deps.idNow?.(entityId) ?? entityId);
    const asked = correctionOf({ ...ticket, entityId: idNow }, answer, atUs);
    if (asked.kind === 'refused') return asked;
    const { correction } = asked;
    const outcome =
      correction === null
        ? null
        : isDryRun
          ? await corrections.preview(correction)
          : await corrections.apply(correction);
    if (outcome?.kind === 'refused') return refused(outcome);
    if (outcome?.kind === 'unknown') return { kind: 'unknown' };
    const changes = outcome?.changes ?? null;
    if (isDryRun) return { kind: 'done', ticket, changes };
    const { choice, valueMicro, notes } = answer;
    const correctionIds = correction === null ? [] : [correction.correctionId];
    const value = choice === 'set_value' ? valueMicro : null;
    const decided: Ticket = {
      ...ticket,
      status: 'decided',
      decision: { choice, valueMicro: value, isAutomatic: false, by, notes, atUs, correctionIds },
      closedAtUs: atUs,
    };
    await store.save(decided);
    await this.#publish();
    return { kind: 'done', ticket: decided, changes };
  }

  async #undo(ticketId: string): Promise<TicketOutcome> {
    const { store, corrections } = this.#deps;
    const ticket = await store.find(ticketId);
    if (ticket === null) return { kind: 'unknown' };
    if (ticket.decision === null) return { kind: 'conflict', conflict: { code: 'nothing_decided' } };
    let changes: CorrectionChanges | null = null;
    for (const correctionId of ticket.decision.correctionIds) {
      const outcome = await corrections.takeBack(correctionId);
      // It may have been taken back in another way already.
      if (outcome.kind === 'changed') changes = outcome.changes;
      if (outcome.kind === 'refused') return refused(outcome);
    }
    const reopened: Ticket = { ...ticket, status: 'open', decision: null, closedAtUs: null };
    await store.save(reopened);
    await this.#publish();
    return { kind: 'done', ticket: reopened, changes };
  }

  async #publish(): Promise<void> {
    await this.count();
    this.#deps.onChange?.();
  }
}

/**
 * A run that saw only the end of a stretch, because its range begins later, finds the ticket of the whole stretch again. A
 * ticket that has passed is no longer the same thing.
 */
function holds(ticket: Ticket, finding: Finding): boolean {
  return (
    ticket.status !== 'passed' &&
    ticket.kind === finding.kind &&
    ticket.entityId === finding.entityId &&
    ticket.startUs < finding.startUs &&
    finding.startUs < ticket.endUs
  );
}

function isMendable({ handling }: Detected): boolean {
  return handling === 'exclude';
}

function isIn(scope: CheckedScope, ticket: Ticket): boolean {
  return (
    ticket.status === 'open' &&
    scope.kinds.includes(ticket.kind) &&
    (ticket.entityId === null ? scope.home : scope.entityIds.has(ticket.entityId)) &&
    ticket.startUs >= scope.startUs &&
    ticket.startUs < scope.endUs
  );
}

function moreFinding({ kind }: Finding, surplus: readonly Detected[]): Finding {
  const count = surplus.length;
  return {
    kind,
    entityId: null,
    startUs: Math.min(...surplus.map(({ finding }) => finding.startUs)),
    endUs: Math.max(...surplus.map(({ finding }) => finding.endUs)),
    statement: { code: 'more_found', values: { findings: count } },
    evidence: [{ name: 'count', value: count, unit: '' }],
    relatedEntityId: null,
    choices: ['accept'],
  };
}

const wireFields: Readonly<Record<string, string>> = {
  amountMicro: 'value',
  oldRegisterMicro: 'old_register',
  newRegisterMicro: 'new_register',
};

function refused({
  field,
  refusal,
  isConflict,
}: Extract<CorrectionOutcome, { readonly kind: 'refused' }>): TicketOutcome {
  return isConflict
    ? { kind: 'conflict', conflict: refusal }
    : { kind: 'refused', field: wireFields[field] ?? 'choice', refusal };
}
