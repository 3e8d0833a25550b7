import { isDeepStrictEqual } from 'node:util';
import type {
  CorrectionChanges,
  CorrectionOutcome,
  CorrectionRefusal,
  Corrections,
} from '../../ledger/evidence/corrections.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
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

/** A finding, and whether somebody has to decide about it. */
export interface Detected {
  readonly finding: Finding;
  /** `ask`: a person decides; `record`: it is mended already, or there is nothing to do; `exclude`: safe to leave out. */
  readonly handling: 'ask' | 'record' | 'exclude';
  /** What the ledger must hold once it is left out; null or absent where that can't be said. */
  readonly claim?: LedgerClaim | null;
}

/** What a run looked at: what is open there and was not found again has passed. */
export interface Looked extends Interval {
  readonly kinds: readonly TicketKind[];
  readonly entityIds: ReadonlySet<string>;
  /** Whether also what concerns the whole home. */
  readonly home: boolean;
}

export interface Reported {
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

export interface TicketsDeps {
  readonly store: TicketStore;
  readonly corrections: Pick<Corrections, 'preview' | 'apply' | 'takeBack'>;
  /** What the ledger holds of a meter in quarters that start in [startUs, endUs); null when it has none. */
  readonly counted: (entityId: string, span: Interval) => Promise<number | null>;
  /** The id that an entity has now: what is decided of one that was renamed is declared of that. */
  readonly idNow?: (entityId: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange?: () => void;
}

/** As many new ones in a run as a person can look through; one more says how many there were. */
export const newPerReport = 50;
/** What is mended by itself nobody has to look through. */
export const mendedPerReport = 200;
export const ticketsKept = 2000;

/**
 * Makes tickets of findings and answers of choices. One thing at a time, so that a run and a person don't write the same
 * ticket. Calls reject when a store is down; they may be repeated.
 */
export class Tickets {
  readonly #deps: TicketsDeps;
  #last: Promise<unknown> = Promise.resolve();
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

  /** @param looked null: nothing passes, for only what was found is told */
  report(detected: readonly Detected[], looked: Looked | null, syncId: string | null): Promise<Reported> {
    return this.#inTurn(() => this.#report(detected, looked, syncId));
  }

  /** @param by the name of who decides */
  resolve(ticketId: string, answer: TicketAnswer, by: string, isDryRun: boolean): Promise<TicketOutcome> {
    return this.#inTurn(() => this.#resolve(ticketId, answer, by, isDryRun));
  }

  /** Takes back what was decided, or what the app did by itself: the ticket asks again. */
  undo(ticketId: string): Promise<TicketOutcome> {
    return this.#inTurn(() => this.#undo(ticketId));
  }

  async #report(
    detected: readonly Detected[],
    looked: Looked | null,
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
    // Each may lie beside another that was still to be mended.
    const unmended = new Set(surplus.map(({ finding }) => finding.entityId));
    for (const one of detected)
      if (!unmended.has(one.finding.entityId) && (await this.#proveMended(one))) isChanged = true;
    const gone = looked === null ? [] : known.filter((one) => !found.has(one.ticketId) && isIn(looked, one));
    for (const ticket of gone)
      await store.save({ ...ticket, status: 'passed', closedAtUs: this.#deps.clock.nowUs() });
    if (opening.length > 0 || gone.length > 0 || isChanged) await this.#tell();
    return { opened: opening.length, passed: gone.length };
  }

  /** @returns whether the ticket was written anew */
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
   * A ticket says `mended` only where the ledger holds what it says: of one that was left out by itself the ledger's own
   * total is compared, after all of a run are mended. Where it does not agree the ticket asks, and the correction is taken
   * back.
   * @returns whether the ticket was written anew
   */
  async #proveMended({ finding, claim }: Detected): Promise<boolean> {
    const { store, corrections, counted, log } = this.#deps;
    const { entityId, evidence } = finding;
    if (claim == null || entityId === null) return false;
    const ticketId = ticketIdOf(finding);
    const ticket = await store.find(ticketId);
    if (ticket?.decision?.isAutomatic !== true) return false;
    const micro = await counted(entityId, claim);
    if (micro === null || (micro >= claim.leastMicro && micro <= claim.mostMicro)) return false;
    if (await this.#isLeftBeside(entityId, claim)) return false;
    log.warn({ ticketId, countedMicro: micro, ...claim }, 'The ledger does not hold what a ticket says');
    for (const correctionId of ticket.decision.correctionIds) await corrections.takeBack(correctionId);
    const unit = evidence[0]?.unit === 'm³' ? 'm³' : 'kWh';
    const unmended = { countedMicro: micro, mostMicro: claim.mostMicro, unit } as const;
    await store.save({ ...ticket, unmended, status: 'open', decision: null, closedAtUs: null });
    return true;
  }

  /** Another spike in the same quarters was undone, or accepted: it is counted. */
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
    await this.#tell();
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
      // Taken back by another way already: the ticket only says so now.
      if (outcome.kind === 'changed') changes = outcome.changes;
      if (outcome.kind === 'refused') return refused(outcome);
    }
    const reopened: Ticket = { ...ticket, status: 'open', decision: null, closedAtUs: null };
    await store.save(reopened);
    await this.#tell();
    return { kind: 'done', ticket: reopened, changes };
  }

  async #tell(): Promise<void> {
    await this.count();
    this.#deps.onChange?.();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/**
 * A stretch that a run saw only the end of, because it looks no further back, is the ticket's that was opened when all of
 * it was seen. One that has passed says nothing of what is found there later.
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

function isIn(looked: Looked, ticket: Ticket): boolean {
  return (
    ticket.status === 'open' &&
    looked.kinds.includes(ticket.kind) &&
    (ticket.entityId === null ? looked.home : looked.entityIds.has(ticket.entityId)) &&
    ticket.startUs >= looked.startUs &&
    ticket.startUs < looked.endUs
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
