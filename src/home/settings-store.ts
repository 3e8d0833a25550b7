/** Keeps the settings' values as JSON, by key; `Settings` knows their types. Calls reject when the store is down. */
export interface SettingsStore {
  /** Undefined or null when it was never set. Rejects with a SyntaxError when what is stored is not JSON. */
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, atUs: number): Promise<void>;
}
