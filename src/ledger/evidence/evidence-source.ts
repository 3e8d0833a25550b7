import type { CounterEvidence, PowerReading, SwitchReading } from '../evidence.ts';
import type { AmountCorrection } from './correction.ts';

/** What a meter delivered over [startUs, endUs), as the user declares. */
export type DeclaredAmount = Pick<AmountCorrection, 'startUs' | 'endUs' | 'amountMicro'>;

export interface EvidencePage {
  readonly items: readonly CounterEvidence[];
  /** Nothing comes after these. */
  readonly isLast: boolean;
}

/** Where posting reads evidence from. Ascending by time, one piece per instant. */
export interface EvidenceSource {
  /** Evidence of a register with startUs <= atUs; about `limit` pieces a page. */
  registers(entityId: string, startUs: number, limit: number): Promise<EvidencePage>;
  /** The newest evidence with a register strictly before an instant that is not excluded; null when there is none. */
  registerBefore(entityId: string, atUs: number): Promise<number | null>;
  /** Power readings with startUs <= atUs < endUs, at most `limit`. */
  powers(entityId: string, startUs: number, endUs: number, limit: number): Promise<PowerReading[]>;
  /** The declared amounts of a power sensor, ascending; no two overlap. */
  amounts(entityId: string): Promise<readonly DeclaredAmount[]>;
  /** States of a switch with startUs <= atUs < endUs, at most `limit`, after the newest state before startUs. */
  switches(entityId: string, startUs: number, endUs: number, limit: number): Promise<SwitchReading[]>;
  /**
   * The readings of a power sensor or a switch next to [startUs, endUs) that are evidence: the newest before it and the
   * oldest after it. Of an empty interval the oldest is the first from startUs on.
   */
  around(
    entityId: string,
    startUs: number,
    endUs: number,
  ): Promise<{ beforeUs: number | null; afterUs: number | null }>;
}
