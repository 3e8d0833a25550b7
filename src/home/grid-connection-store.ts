import type { GridConnection } from './grid-connection.ts';

/** Stores the connections that the user named. Calls reject when the store is down. */
export interface GridConnectionStore {
  /** All of them, the oldest first. */
  all(): Promise<GridConnection[]>;
  /** Replaces the one with the same id, if there is one. */
  add(connection: GridConnection): Promise<void>;
  /** False when there is none. */
  remove(connectionId: string): Promise<boolean>;
}
