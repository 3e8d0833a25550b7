/** A thing that does not fit: what was found, on what evidence, what may be done, and what was decided. */
import type { AmountUnit, Statement } from './statement.ts';

export type TicketKind =
  | 'register_jumped'
  | 'register_fell'
  | 'spike'
  | 'hours_differ'
  | 'gap'
  | 'frozen'
  | 'out_of_order'
  | 'clock_drift'
  | 'subscription_silent'
  | 'readings_missing'
  | 'unit_changed'
  | 'renamed'
  | 'removed'
  | 'replaced'
  | 'disk_full';

/** `open` needs a decision; `mended` was done by the app; `decided` by a person; `passed` is no longer so. */
export type TicketStatus = 'open' | 'mended' | 'decided' | 'passed';

export type TicketChoice = 'accept' | 'exclude' | 'exchange' | 'set_value';

export type FigureName =
  | 'register_before'
  | 'register_after'
  | 'counted'
  | 'ours'
  | 'theirs'
  | 'difference'
  | 'highest_usual'
  | 'readings_ours'
  | 'readings_theirs'
  | 'added'
  | 'gap_seconds'
  | 'still_seconds'
  | 'drift_seconds'
  | 'count';

export interface EvidenceFigure {
  readonly name: FigureName;
  readonly value: number;
  /** kWh, m³, W, s, or empty for a count. */
  readonly unit: string;
}

export interface TicketDecision {
  readonly choice: TicketChoice;
  /** Of `set_value`, millionths of the meter's unit; otherwise null. */
  readonly valueMicro: number | null;
  readonly isAutomatic: boolean;
  readonly by: string | null;
  readonly notes: string;
  readonly atUs: number;
  /** The corrections that it declared; an undo takes them back. */
  readonly correctionIds: readonly string[];
}

/** What a detector found. The same thing found again has the same key, so that it is one ticket. */
export interface Finding {
  readonly kind: TicketKind;
  /** Null when it concerns the whole home. */
  readonly entityId: string | null;
  readonly startUs: number;
  readonly endUs: number;
  readonly statement: Statement;
  readonly evidence: readonly EvidenceFigure[];
  readonly relatedEntityId: string | null;
  /** Empty: nothing to decide, the ticket only records what was found. */
  readonly choices: readonly TicketChoice[];
}

/** After an exclusion the ledger held more, or less, than the readings around it allow. Millionths of the unit. */
export interface LedgerMismatch {
  readonly countedMicro: number;
  /** The most that the readings allow. */
  readonly mostMicro: number;
  readonly unit: AmountUnit;
}

export interface Ticket extends Finding {
  /** `<kind> <entity or home> <startUs>`: a natural key. */
  readonly ticketId: string;
  readonly status: TicketStatus;
  readonly decision: TicketDecision | null;
  /** Why it could not be left out without a person; null where that was not tried. */
  readonly unmended: LedgerMismatch | null;
  readonly syncId: string | null;
  readonly openedAtUs: number;
  readonly closedAtUs: number | null;
}

/** Keeps tickets, the newest 2,000. Calls reject when the store is down. */
export interface TicketStore {
  find(ticketId: string): Promise<Ticket | null>;
  save(ticket: Ticket): Promise<void>;
  /** Open ones first, then the newest first. */
  list(query: {
    readonly status: 'open' | 'closed' | 'all';
    readonly entityId: string | null;
    readonly limit: number;
  }): Promise<Ticket[]>;
  openCount(): Promise<number>;
}

/** The same finding, found by any run, is the same ticket. */
export function ticketIdOf(finding: Pick<Finding, 'kind' | 'entityId' | 'startUs'>): string {
  return `${finding.kind} ${finding.entityId ?? 'home'} ${finding.startUs}`;
}
