/**
 * Goal: only Home Assistant's ingress and this machine get in, and no other site acts through a browser.
 * Method: the decision over forged addresses and headers.
 */
import { describe, expect, it } from 'vitest';
import { type AccessRules, decideAccess, isLoopback, mayConnect, sanitisedIngressPath } from './access.ts';

const rules: AccessRules = { ingressAddress: '172.30.32.2', trustsLoopbackIngress: false };
const path = '/api/hassio_ingress/abc-DEF_123';

function decide(
  remoteAddress: string | undefined,
  headers: Record<string, string> = {},
  {
    method = 'GET',
    isUpgrade = false,
    more = {},
  }: { method?: string; isUpgrade?: boolean; more?: Partial<AccessRules> } = {},
) {
  const all: Record<string, string> = { host: 'localhost:8099', ...headers };
  return decideAccess(
    { ...rules, ...more },
    { remoteAddress, method, header: (name) => all[name] },
    isUpgrade,
  );
}

describe('who gets in', () => {
  it.each(['127.0.0.1', '127.0.30.2', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])(
    'this machine: %s',
    (address) => {
      expect(decide(address)).toEqual({ kind: 'direct' });
    },
  );

  it.each(['172.30.32.2', '::ffff:172.30.32.2'])('ingress: %s', (address) => {
    const headers = { host: 'home.example', 'x-ingress-path': path, 'x-remote-user-id': 'u1' };
    expect(decide(address, headers)).toEqual({ kind: 'ingress', userId: 'u1', basePath: path });
  });

  it.each([
    '172.30.32.1',
    '192.168.1.7',
    '172.30.32.22',
    '::ffff:172.30.33.2',
    '128.0.0.1',
    'fe80::1',
    '1127.0.0.1',
    undefined,
  ])('no other address: %s, whatever its headers', (address) => {
    const forged = {
      'x-ingress-path': path,
      'x-remote-user-id': 'admin',
      'x-forwarded-for': '172.30.32.2',
      'x-real-ip': '127.0.0.1',
    };
    expect(decide(address, forged)).toMatchObject({ kind: 'refused', status: 403 });
  });

  it('another ingress address when it is set', () => {
    expect(
      decide('127.0.30.2', { 'x-ingress-path': path }, { more: { ingressAddress: '127.0.30.2' } }),
    ).toMatchObject({
      kind: 'ingress',
      userId: null,
    });
  });

  it('ingress headers from this machine count under a Supervisor only', () => {
    const headers = { host: 'home.example', 'x-ingress-path': path, 'x-remote-user-id': 'u1' };
    expect(decide('127.0.0.1', headers)).toMatchObject({ kind: 'refused' });
    expect(decide('127.0.0.1', headers, { more: { trustsLoopbackIngress: true } })).toMatchObject({
      kind: 'ingress',
    });
  });
});

describe('DNS rebinding', () => {
  it.each(['localhost', 'localhost:8099', '127.0.0.1:8099', '[::1]:8099', '127.8.9.1'])(
    '%s is this machine',
    (host) => {
      expect(decide('127.0.0.1', { host })).toEqual({ kind: 'direct' });
    },
  );
  it.each([
    'evil.example',
    'evil.example:8099',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    'a b',
  ])('"%s" is not', (host) => {
    expect(decide('127.0.0.1', { host })).toMatchObject({ kind: 'refused' });
  });
});

describe('another site', () => {
  const post = { method: 'POST' };
  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:8098' }],
  ])('may not change anything: %j', (headers) => {
    expect(decide('127.0.0.1', headers, post)).toMatchObject({ kind: 'refused' });
    expect(decide('172.30.32.2', headers, post)).toMatchObject({ kind: 'refused' });
  });
  it.each([
    [{}],
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'http://localhost:8099' }],
  ])('is not who sends %j', (headers) => {
    expect(decide('127.0.0.1', headers, post)).toEqual({ kind: 'direct' });
  });
  it('is not Home Assistant’s own origin behind ingress', () => {
    const headers = {
      host: '172.30.33.4:8099',
      'x-forwarded-host': 'home.example',
      origin: 'https://home.example',
    };
    expect(decide('172.30.32.2', headers, post)).toMatchObject({ kind: 'ingress' });
  });
  it('is who it is, whatever host it claims to have come through', () => {
    const headers = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' };
    expect(decide('127.0.0.1', headers, post)).toMatchObject({ kind: 'refused' });
    expect(decide('127.0.0.1', headers, { isUpgrade: true })).toMatchObject({ kind: 'refused' });
    const claimed = { ...headers, host: 'home.example', 'x-ingress-path': path };
    const supervised = { more: { trustsLoopbackIngress: true } };
    expect(decide('127.0.0.1', claimed, post)).toMatchObject({ kind: 'refused' });
    expect(decide('127.0.0.1', claimed, { ...post, ...supervised })).toMatchObject({ kind: 'ingress' });
  });
  it('may not open a WebSocket either', () => {
    const headers = { origin: 'https://evil.example' };
    expect(decide('127.0.0.1', headers, { isUpgrade: true })).toMatchObject({ kind: 'refused' });
    expect(decide('127.0.0.1', headers)).toEqual({ kind: 'direct' });
  });
});

describe('the ingress path', () => {
  it('is taken as it is when it is one', () => {
    expect(sanitisedIngressPath(path)).toBe(path);
  });
  it.each([
    undefined,
    '',
    '/',
    `${path}/`,
    `${path}/x`,
    '/api/hassio_ingress/',
    '//evil.example',
    `${path}"><script>`,
    `x${path}`,
    `${path}\n`,
  ])('is left out when it is not: %s', (value) => {
    expect(sanitisedIngressPath(value)).toBeNull();
  });
});

describe('a connection', () => {
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '172.30.32.2', '::ffff:172.30.32.2'])(
    'from %s is taken',
    (address) => expect(mayConnect(rules, address)).toBe(true),
  );
  it.each(['172.30.32.1', '192.168.1.7', '::ffff:192.168.1.7', 'fe80::1', '::', '', undefined])(
    'from %s is cut',
    (address) => expect(mayConnect(rules, address)).toBe(false),
  );
});

it('knows loopback addresses', () => {
  expect(['127.0.0.1', '::1'].every(isLoopback)).toBe(true);
  expect(['::2', '127.0.0', 'localhost', '10.127.0.1'].some(isLoopback)).toBe(false);
});
