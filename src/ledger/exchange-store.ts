import type { MeterExchange } from './evidence.ts';

/** An exchange of a meter as the user declared it. */
export interface DeclaredExchange extends MeterExchange {
  readonly exchangeId: string;
  readonly entityId: string;
  readonly notes: string;
  readonly createdAtUs: number;
}

/** Keeps declared exchanges, a handful in a meter's life. Calls reject when the store is down. */
export interface MeterExchangeStore {
  /** Ascending by instant. */
  of(entityId: string): Promise<DeclaredExchange[]>;
  add(exchange: DeclaredExchange): Promise<void>;
  /** Takes a declaration back; false when there was none. */
  remove(exchangeId: string): Promise<boolean>;
}
