/** Small named values: where Home Assistant is, the home's zone. A value is JSON. Calls reject when the store is down. */
export interface SettingsStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, atUs: number): Promise<void>;
  all(): Promise<Record<string, unknown>>;
}
