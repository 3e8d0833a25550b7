/**
 * The demo home as a process of its own: `node addon/demo-home/main.ts --port 8124 --token secret [--seed 2711]
 * [--host 127.0.0.1] [--preferences new|old|none] [--p1-seconds 5] [--max-pending 4096]`, or DEMO_HOME_PORT,
 * DEMO_HOME_TOKEN and so on. Without a token it makes one. Its first line of output is JSON: {"url", "token"}.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type DemoHomeOptions, startDemoHome } from './demo-home.ts';
import type { PreferencesForm } from './protocol/preferences.ts';

const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string' },
    token: { type: 'string' },
    'viewer-token': { type: 'string' },
    seed: { type: 'string' },
    preferences: { type: 'string' },
    'p1-seconds': { type: 'string' },
    'max-pending': { type: 'string' },
    'time-zone': { type: 'string' },
  },
});

function setting(name: keyof typeof values): string | undefined {
  return values[name] ?? process.env[`DEMO_HOME_${name.toUpperCase().replaceAll('-', '_')}`];
}

function numberOf(name: keyof typeof values): number | undefined {
  const text = setting(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`--${name} must be a whole number, not ${text}`);
  return value;
}

function preferencesForm(): PreferencesForm | undefined {
  const form = setting('preferences');
  if (form === undefined || form === 'new' || form === 'old' || form === 'none') return form;
  throw new RangeError(`--preferences must be new, old or none, not ${form}`);
}

/** Leaves out what was not given, so that the defaults hold. */
function given<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

const demoHome = await startDemoHome({
  token: setting('token') ?? randomBytes(24).toString('hex'),
  ...given<Omit<DemoHomeOptions, 'token'>>({
    host: setting('host'),
    port: numberOf('port'),
    viewerToken: setting('viewer-token'),
    seed: numberOf('seed'),
    preferences: preferencesForm(),
    p1Seconds: numberOf('p1-seconds'),
    maxPending: numberOf('max-pending'),
    timeZone: setting('time-zone'),
  }),
});

process.stdout.write(`${JSON.stringify({ url: demoHome.url, token: demoHome.token })}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void demoHome.stop();
  });
}
