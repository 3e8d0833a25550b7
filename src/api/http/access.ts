/**
 * Who may call the process, and as whom. Pure: decided by the address of the other end and the request's headers.
 * Home Assistant's ingress comes from one address; besides it only this machine is let in.
 */

export interface AccessRules {
  /** Where ingress requests come from: 172.30.32.2 on Home Assistant OS. */
  readonly ingressAddress: string;
  /**
   * Ingress headers from a loopback address count too. Only under a Supervisor: elsewhere a page in the browser that
   * reaches this machine by DNS rebinding could set them itself.
   */
  readonly trustsLoopbackIngress: boolean;
}

export interface RequestFacts {
  readonly remoteAddress: string | undefined;
  readonly method: string;
  /** Header names in lower case; undefined when absent. */
  readonly header: (name: string) => string | undefined;
}

export type Access =
  | { readonly kind: 'ingress'; readonly userId: string | null; readonly basePath: string }
  | { readonly kind: 'direct' };
type Decision = Access | { readonly kind: 'refused'; readonly status: 403; readonly detail: string };

const ingressPathPattern = /^\/api\/hassio_ingress\/[\w-]{1,256}$/;

function plainAddress(address: string): string {
  const lower = address.toLowerCase();
  return lower.startsWith('::ffff:') && lower.includes('.') ? lower.slice('::ffff:'.length) : lower;
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** The ingress path when it is one; anything else could end in the page's <base href>. */
export function sanitisedIngressPath(header: string | undefined): string | null {
  return header !== undefined && ingressPathPattern.test(header) ? header : null;
}

function hostName(host: string | undefined): string | null {
  const name = host === undefined ? undefined : URL.parse(`http://${host}`)?.hostname;
  if (name === undefined) return null;
  return name.startsWith('[') ? name.slice(1, -1) : name;
}

function isLocalHost(host: string | undefined): boolean {
  const name = hostName(host);
  return name !== null && (name === 'localhost' || isLoopback(name));
}

function refused(detail: string): Decision {
  return { kind: 'refused', status: 403, detail };
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/**
 * Whether a page of another origin sent this: browsers say so in one of two headers, which scripts can't set. The host
 * that was asked stands in X-Forwarded-Host behind ingress, which alone sets it; from anyone else it is only a claim.
 */
function isCrossSite(facts: RequestFacts, isBehindIngress: boolean): boolean {
  const site = facts.header('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = facts.header('origin');
  if (origin === undefined) return false;
  const own = [facts.header('host'), isBehindIngress ? facts.header('x-forwarded-host') : undefined];
  const asking = URL.parse(origin);
  return asking === null || !own.includes(asking.host);
}

/** Whether a connection from there is kept at all. What it asks is decided by `decideAccess`, request by request. */
export function mayConnect(rules: AccessRules, remoteAddress: string | undefined): boolean {
  if (remoteAddress === undefined) return false;
  return plainAddress(remoteAddress) === plainAddress(rules.ingressAddress) || isLoopback(remoteAddress);
}

/** `isUpgrade`: a WebSocket, which browsers open across origins with GET, so that it is guarded as a change is. */
export function decideAccess(rules: AccessRules, facts: RequestFacts, isUpgrade = false): Decision {
  const remote = facts.remoteAddress === undefined ? null : plainAddress(facts.remoteAddress);
  if (remote === null) return refused('The address of the caller is not known.');
  const ingressPath = sanitisedIngressPath(facts.header('x-ingress-path'));
  const isIngressAddress = remote === plainAddress(rules.ingressAddress);
  const isLocal = isLoopback(remote);
  if (!mayConnect(rules, remote))
    return refused('Open Energy Ledger from the sidebar of Home Assistant; it answers no other address.');
  if (isIngressAddress || (isLocal && rules.trustsLoopbackIngress && ingressPath !== null)) {
    if (!isSafe(facts.method) && isCrossSite(facts, true))
      return refused('Another site may not change anything here.');
    return { kind: 'ingress', userId: facts.header('x-remote-user-id') ?? null, basePath: ingressPath ?? '' };
  }
  if (!isLocalHost(facts.header('host')))
    return refused('Use http://127.0.0.1 or http://localhost to open Energy Ledger on this machine.');
  if ((!isSafe(facts.method) || isUpgrade) && isCrossSite(facts, false))
    return refused('Another site may not change anything here.');
  return { kind: 'direct' };
}
