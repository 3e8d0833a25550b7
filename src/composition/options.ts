/**
 * Everything that can be set from outside: environment, and under the Supervisor the app's options in
 * DATA_DIR/options.json. Read once, checked, and frozen. An option of the app wins over the environment's default.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { HomeAssistantTarget } from '../home/connection-settings.ts';
import type { DiskWatchLimits } from '../recording/write/disk-watch.ts';
import { entityIdPattern } from '../schemas/common.ts';

type HomeAssistantSource =
  | { readonly kind: 'supervisor'; readonly token: string }
  | ({ readonly kind: 'environment' } & HomeAssistantTarget)
  /** `refused`: why the environment's address is not used, for the status page; null when it names none. */
  | { readonly kind: 'saved'; readonly refused: string | null };

export interface Options {
  readonly homeAssistant: HomeAssistantSource;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Where ingress requests come from. */
  readonly ingressAddress: string;
  readonly questdbUrl: string;
  readonly questdbPgUrl: string;
  readonly mongodbUrl: string;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
  readonly panelDir: string;
  readonly trackedEntities: readonly string[];
  /** How much free space is left untouched, and below which a warning is shown; null: the usual. */
  readonly diskReserveBytes: number | null;
  readonly diskWarnBytes: number | null;
}

/** What is wrong with the options, in words for the log; `problems` has one line for each. */
export class OptionsError extends Error {
  override name = 'OptionsError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`The options can't be used:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Options of the drivers that would take any certificate. */
const unverified =
  /[?&](?:tlsInsecure|tlsAllowInvalid\w+|sslValidate|uselibpqcompat|ssl(?:mode)?=(?:no-verify|allow)\b)/i;
const verifiesCertificates = (url: string): boolean => !unverified.test(url);
const authority =
  'must not turn the check of certificates off: NODE_EXTRA_CA_CERTS names an authority of your own';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });
const storeUrl = (protocol: RegExp, example: string) =>
  z
    .url({ protocol, error: `must be an address such as ${example}` })
    .refine(verifiesCertificates, { error: authority });
/** The Supervisor shows "warning"; loggers say "warn". */
const level = z
  .enum(['trace', 'debug', 'info', 'notice', 'warning', 'warn', 'error', 'fatal'], {
    error: 'must be one of trace, debug, info, warning, error, fatal',
  })
  .transform((text) =>
    text === 'warning' ? ('warn' as const) : text === 'notice' ? ('info' as const) : text,
  );

const megabytes = z.coerce
  .number({ error: 'must be a number of megabytes' })
  .min(1)
  .max(1_000_000)
  .transform((mb) => Math.round(mb * 1_000_000));

const environment = z.object({
  SUPERVISOR_TOKEN: z.string().optional(),
  HA_URL: httpUrl.optional(),
  HA_TOKEN: z.string().trim().optional(),
  DATA_DIR: z.string().default('/data'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535).default(8099),
  INGRESS_ADDRESS: z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address' }).default('172.30.32.2'),
  QUESTDB_URL: storeUrl(/^https?$/, 'http://127.0.0.1:9000').default('http://127.0.0.1:9000'),
  QUESTDB_PG_URL: storeUrl(/^postgres(ql)?$/, 'postgres://admin:quest@127.0.0.1:8812/qdb').optional(),
  MONGODB_URL: storeUrl(/^mongodb(\+srv)?$/, 'mongodb://127.0.0.1:27017/energy_ledger').default(
    'mongodb://127.0.0.1:27017/energy_ledger',
  ),
  LOG_LEVEL: level.default('info'),
  PANEL_DIR: z.string().optional(),
  DISK_RESERVE_MB: megabytes.optional(),
  DISK_WARN_MB: megabytes.optional(),
});

const blankIsAbsent = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());

const appOptions = z.object({
  tracked_entities: z
    .array(z.string().regex(entityIdPattern, { error: 'must be an entity id such as sensor.grid_import' }))
    .max(500)
    .default([]),
  log_level: blankIsAbsent(level),
  questdb_url: blankIsAbsent(storeUrl(/^https?$/, 'https://user:password@questdb.example:9000')),
  mongodb_url: blankIsAbsent(storeUrl(/^mongodb(\+srv)?$/, 'mongodb://user:password@mongo.example:27017/db')),
});

function problemsOf(error: z.ZodError, place: string): string[] {
  return error.issues.map((issue) => `${place}${issue.path.map(String).join('.')}: ${issue.message}`);
}

/**
 * QuestDB's PostgreSQL wire beside its HTTP address: the same host and credentials. TLS when HTTP has it, with a
 * certificate that is verified.
 */
export function questdbPgUrl(questdbUrl: string): string {
  const http = new URL(questdbUrl);
  const user = http.username === '' ? 'admin' : http.username;
  const password = http.username === '' ? 'quest' : http.password;
  const tls = http.protocol === 'https:' ? '?sslmode=verify-full' : '';
  return `postgres://${user}:${password}@${http.hostname}:8812/qdb${tls}`;
}

/**
 * Whatever kind of TLS is requested, the certificate is verified; pg will soon accept the weaker names as they are.
 */
function verifiedPgUrl(pgUrl: string): string {
  return pgUrl.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)\b/, '$1verify-full');
}

/** Text of a file in the data folder; null when there is none. Throws OptionsError when it can't be read. */
function readOwn(dataDir: string, name: string): string | null {
  try {
    return readFileSync(join(dataDir, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new OptionsError([`${name} can't be read: ${error instanceof Error ? error.message : error}`]);
  }
}

/** `user:password` of the bundled QuestDB, which its run script makes; null when none was made. Throws OptionsError. */
function bundledCredentials(dataDir: string): string | null {
  const text = readOwn(dataDir, 'questdb-credentials')?.trim() ?? null;
  if (text !== null && !/^\w+:\w+$/.test(text))
    throw new OptionsError([
      'questdb-credentials in the data folder can’t be used: delete it, and the next start of QuestDB makes another',
    ]);
  return text;
}

/** An address on this machine that names no user gets the bundled QuestDB's. */
function withBundled(address: string, credentials: string | null): string {
  const isOurs = /^\w+:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?=[:/?#]|$)/.test(address);
  return isOurs && credentials !== null ? address.replace('//', `//${credentials}@`) : address;
}

/** The app's options; an absent file is none (outside the Supervisor). Throws OptionsError when it can't be read. */
function readAppOptions(dataDir: string): z.output<typeof appOptions> {
  const text = readOwn(dataDir, 'options.json');
  if (text === null) return appOptions.parse({});
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new OptionsError(['options.json is not JSON']);
  }
  const parsed = appOptions.safeParse(json);
  if (!parsed.success) throw new OptionsError(problemsOf(parsed.error, 'options.json: '));
  return parsed.data;
}

/** An address with a user in it would be shown on the settings page, and Home Assistant takes a token only. */
function homeAssistantSource(variables: z.output<typeof environment>): HomeAssistantSource {
  if (variables.SUPERVISOR_TOKEN !== undefined)
    return { kind: 'supervisor', token: variables.SUPERVISOR_TOKEN };
  if (variables.HA_URL === undefined || variables.HA_TOKEN === undefined)
    return { kind: 'saved', refused: null };
  const { username, password } = new URL(variables.HA_URL);
  if (username === '' && password === '')
    return { kind: 'environment', url: variables.HA_URL, token: variables.HA_TOKEN };
  return {
    kind: 'saved',
    refused: 'HA_URL holds a user name or password and is not used: leave them out, HA_TOKEN is enough.',
  };
}

/** @throws OptionsError that names every problem at once. No value of a secret is in its text. */
export function readOptions(env: NodeJS.ProcessEnv, checkoutDir: string): Options {
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(present);
  if (!parsed.success) throw new OptionsError(problemsOf(parsed.error, ''));
  const variables = parsed.data;
  if (
    variables.SUPERVISOR_TOKEN === undefined &&
    (variables.HA_URL === undefined) !== (variables.HA_TOKEN === undefined)
  )
    throw new OptionsError(['HA_URL and HA_TOKEN go together: one of them is missing']);
  const app = readAppOptions(variables.DATA_DIR);
  const credentials = bundledCredentials(variables.DATA_DIR);
  const questdbUrl = app.questdb_url ?? withBundled(variables.QUESTDB_URL, credentials);
  const pgUrl =
    app.questdb_url === undefined && variables.QUESTDB_PG_URL !== undefined
      ? withBundled(variables.QUESTDB_PG_URL, credentials)
      : questdbPgUrl(questdbUrl);
  return Object.freeze({
    homeAssistant: Object.freeze(homeAssistantSource(variables)),
    dataDir: resolve(variables.DATA_DIR),
    host: variables.HOST,
    port: variables.PORT,
    ingressAddress: variables.INGRESS_ADDRESS,
    questdbUrl,
    questdbPgUrl: verifiedPgUrl(pgUrl),
    mongodbUrl: app.mongodb_url ?? variables.MONGODB_URL,
    logLevel: app.log_level ?? variables.LOG_LEVEL,
    panelDir: resolve(variables.PANEL_DIR ?? join(checkoutDir, 'dist/panel')),
    trackedEntities: Object.freeze(app.tracked_entities),
    diskReserveBytes: variables.DISK_RESERVE_MB ?? null,
    diskWarnBytes: variables.DISK_WARN_MB ?? null,
  });
}

/** Why the environment's Home Assistant is not used; null when it is, or when there is none. */
export function refusedAddress({ homeAssistant }: Options): string | null {
  return homeAssistant.kind === 'saved' ? homeAssistant.refused : null;
}

/** Whether a store is on this machine, and so on this disk. */
export function isHere(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

/** The limits of the disk's watch that an option sets. */
export function diskLimits({ diskReserveBytes, diskWarnBytes }: Options): Partial<DiskWatchLimits> {
  return {
    ...(diskReserveBytes === null ? {} : { reserveBytes: diskReserveBytes }),
    ...(diskWarnBytes === null ? {} : { warnBytes: diskWarnBytes }),
  };
}
