import type { CounterEvidence, PowerReading } from './evidence.ts';

export interface EvidencePage {
  readonly items: readonly CounterEvidence[];
  /** Nothing comes after these. */
  readonly isLast: boolean;
}

/** Where posting reads what happened. Ascending by time, one piece per instant. */
export interface EvidenceSource {
  /** Evidence of a register with fromUs <= atUs; about `limit` pieces a page. */
  registers(entityId: string, fromUs: number, limit: number): Promise<EvidencePage>;
  /** The newest evidence that tells a register strictly before an instant; null when there is none. */
  registerBefore(entityId: string, atUs: number): Promise<number | null>;
  /** Power readings with fromUs <= atUs < untilUs, at most `limit`. */
  powers(entityId: string, fromUs: number, untilUs: number, limit: number): Promise<PowerReading[]>;
  /** The power readings next to an instant: the newest strictly before it and the oldest strictly after it. */
  powersAround(
    entityId: string,
    beforeUs: number,
    afterUs: number,
  ): Promise<{ beforeUs: number | null; afterUs: number | null }>;
}
