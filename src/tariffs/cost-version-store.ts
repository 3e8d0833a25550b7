import type { CostVersion } from './cost-versions.ts';

/** Keeps what a kilowatt-hour cost when. Calls reject when the store is down. */
export interface CostVersionStore {
  /** All versions, ascending by the instant from which they hold. */
  all(): Promise<CostVersion[]>;
  /** In place of the one with the same id, if there is one. */
  add(version: CostVersion): Promise<void>;
  /** False when there is none. */
  remove(costVersionId: string): Promise<boolean>;
}
