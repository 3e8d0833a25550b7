/** Users of the demo home and its configuration. */
import { idOf } from '../home/entity.ts';

export const version = '2026.11.0';

export interface User {
  readonly name: string;
  readonly username: string | null;
  readonly isOwner: boolean;
  readonly isAdmin: boolean;
  readonly isSystem: boolean;
}

export const owner: User = {
  name: 'Marie',
  username: 'marie',
  isOwner: true,
  isAdmin: true,
  isSystem: false,
};
export const viewer: User = {
  name: 'Lucas',
  username: 'lucas',
  isOwner: false,
  isAdmin: false,
  isSystem: false,
};
const supervisor: User = {
  name: 'Supervisor',
  username: null,
  isOwner: false,
  isAdmin: true,
  isSystem: true,
};

export const userIdOf = (user: User): string => idOf(`user ${user.name}`);

export function users(): object[] {
  return [supervisor, owner, viewer].map((user) => ({
    id: userIdOf(user),
    username: user.username,
    name: user.name,
    is_owner: user.isOwner,
    is_active: true,
    local_only: false,
    system_generated: user.isSystem,
    group_ids: [user.isAdmin ? 'system-admin' : 'system-users'],
    credentials: user.isSystem ? [] : [{ type: 'homeassistant' }],
  }));
}

export function current(user: User): object {
  return {
    id: userIdOf(user),
    name: user.name,
    is_owner: user.isOwner,
    is_admin: user.isAdmin,
    credentials: [{ auth_provider_type: 'homeassistant', auth_provider_id: null }],
    mfa_modules: [{ id: 'totp', name: 'Authenticator app', enabled: false }],
  };
}

export function config(timeZone: string): object {
  return {
    allowlist_external_dirs: [],
    allowlist_external_urls: [],
    components: ['api', 'auth', 'config', 'energy', 'history', 'http', 'recorder', 'sensor', 'websocket_api'],
    config_dir: '/config',
    config_source: 'storage',
    country: 'BE',
    currency: 'EUR',
    debug: false,
    elevation: 21,
    external_url: null,
    internal_url: null,
    language: 'en',
    latitude: 50.85,
    location_name: 'Demo home',
    logging: { log_file_disabled_reason: null },
    longitude: 4.35,
    radius: 100,
    recovery_mode: false,
    safe_mode: false,
    state: 'RUNNING',
    time_zone: timeZone,
    unit_system: {
      length: 'km',
      accumulated_precipitation: 'mm',
      area: 'm²',
      mass: 'g',
      pressure: 'Pa',
      temperature: '°C',
      volume: 'L',
      wind_speed: 'm/s',
    },
    version,
    whitelist_external_dirs: [],
  };
}
