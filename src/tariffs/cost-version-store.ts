import type { CostVersion } from './cost-versions.ts';

/** Keeps what a kilowatt-hour cost when. Calls reject when the store is down. */
export interface CostVersionStore {
  /** All versions, ascending by the instant from which they hold. */
  all(): Promise<CostVersion[]>;
  add(version: CostVersion): Promise<void>;
}
