import type { HttpBindings } from '@hono/node-server';
import type { ConnectionSettings } from '../../home/connection-settings.ts';
import type { EntityStore } from '../../home/entity-store.ts';
import type { GridConnections } from '../../home/grid-connections.ts';
import type { Home } from '../../home/home.ts';
import type { HomeAssistant } from '../../home/home-assistant.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import type { SyncLog } from '../../recording/sync-log.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Access, AccessRules } from './access.ts';
import type { BackfillRuns, IntegrityParts, LedgerParts, Present, Recording, Stores } from './ports.ts';

/** Dependencies of the routes; made once in main.ts. */
export interface ApiDeps {
  readonly version: string;
  readonly access: AccessRules;
  /** Folder of the built panel; it may be absent. */
  readonly panelDir: string;
  readonly homeAssistant: HomeAssistant;
  /** Why the address that the environment names is not used; null when it is, or names none. */
  readonly homeAssistantRefused: string | null;
  readonly home: Home;
  readonly connection: ConnectionSettings;
  readonly gridConnections: GridConnections;
  readonly entityStore: EntityStore;
  readonly readingStore: ReadingStore;
  readonly syncLog: SyncLog;
  readonly recording: Recording;
  readonly backfill: BackfillRuns;
  readonly ledger: LedgerParts;
  readonly integrity: IntegrityParts;
  readonly present: Present;
  readonly stores: Stores;
  readonly clock: Clock;
  readonly log: Log;
}

/** Hono's environment: Node's request and response (absent in tests that call the app directly), and the caller. */
export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { access: Access };
}
