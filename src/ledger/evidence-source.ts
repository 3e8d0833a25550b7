import type { CounterEvidence, PowerReading } from './evidence.ts';

/** Where posting reads what happened. Ascending by time, one piece per instant, at most `limit` pieces a call. */
export interface EvidenceSource {
  /** Evidence of a register with fromUs <= atUs. */
  registers(entityId: string, fromUs: number, limit: number): Promise<CounterEvidence[]>;
  /** The newest evidence that tells a register strictly before an instant; null when there is none. */
  registerBefore(entityId: string, atUs: number): Promise<number | null>;
  /** Power readings with fromUs <= atUs < untilUs. */
  powers(entityId: string, fromUs: number, untilUs: number, limit: number): Promise<PowerReading[]>;
  /** The power readings next to an instant: the newest strictly before it and the oldest strictly after it. */
  powersAround(
    entityId: string,
    beforeUs: number,
    afterUs: number,
  ): Promise<{ beforeUs: number | null; afterUs: number | null }>;
}
