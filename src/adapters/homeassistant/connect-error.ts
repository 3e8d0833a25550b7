/** Why there is no connection, in words that say what to do. */

export type ConnectFault =
  /** The token was not accepted. */
  | { readonly kind: 'auth_invalid'; readonly message: string }
  /** The upgrade was answered with another HTTP status. */
  | { readonly kind: 'http'; readonly status: number; readonly location: string | null }
  | { readonly kind: 'network'; readonly code: string; readonly message: string }
  | { readonly kind: 'timeout'; readonly phase: 'connect' | 'auth' }
  /** Another protocol answered. */
  | { readonly kind: 'foreign'; readonly message: string }
  | { readonly kind: 'closed'; readonly code: number };

export class ConnectError extends Error {
  override name = 'ConnectError';
  readonly fault: ConnectFault;
  constructor(fault: ConnectFault, target: Target, cause?: unknown) {
    super(explain(fault, target), { cause });
    this.fault = fault;
  }
}

interface Target {
  readonly websocketUrl: string;
  readonly isSupervisor: boolean;
}

const certificateCodes: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
]);

function explain(fault: ConnectFault, target: Target): string {
  const url = URL.parse(target.websocketUrl);
  const host = url?.host ?? target.websocketUrl;
  switch (fault.kind) {
    case 'auth_invalid':
      return target.isSupervisor
        ? 'The Supervisor refused the app’s token. Restart the app; it gets a new one at each start.'
        : `Home Assistant at ${host} refused the access token. Make a new long-lived access token (your profile, Security) and save it here.`;
    case 'http':
      return explainStatus(fault.status, fault.location, host);
    case 'timeout':
      return fault.phase === 'connect'
        ? `${host} did not answer in time. Check that Home Assistant is up and that no firewall is between.`
        : `${host} took the connection but did not sign in in time. Home Assistant may be starting or overloaded; otherwise it is not Home Assistant.`;
    case 'foreign':
      return `What answers at ${host} is not Home Assistant. Check the address and the port (usually 8123).`;
    case 'closed':
      return `${host} closed the connection while signing in (code ${fault.code}). Home Assistant may be restarting.`;
    case 'network':
      return explainNetwork(fault.code, fault.message, host, url?.protocol === 'wss:');
  }
}

function explainStatus(status: number, location: string | null, host: string): string {
  if (status === 502 || status === 503 || status === 504)
    return `Home Assistant is not running yet, or is restarting (${host} answered ${status}).`;
  if (status === 404)
    return `There is no Home Assistant at this address (${host} answered 404). Check the address and its path.`;
  if (status === 401 || status === 403)
    return `${host} refused the connection with ${status}. Home Assistant may have banned this address after wrong tokens: see ip_bans.yaml.`;
  if (status === 400)
    return `${host} refused the connection with 400. A proxy before Home Assistant must pass websockets on and be among its trusted_proxies.`;
  if (status >= 300 && status < 400)
    return `${host} sends on to ${location ?? 'another address'}: use that address instead.`;
  return `${host} answered ${status} instead of opening a websocket. Check that this is Home Assistant’s own address.`;
}

function explainNetwork(code: string, message: string, host: string, isTls: boolean): string {
  if (code === 'ECONNREFUSED')
    return `Nothing listens at ${host}. Check the port (usually 8123) and that Home Assistant is up.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The name in ${host} was not found. Check its spelling, or use the IP address.`;
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH' || code === 'EHOSTDOWN')
    return `${host} can not be reached from here. Check the address and the network.`;
  if (code === 'ETIMEDOUT') return explain({ kind: 'timeout', phase: 'connect' }, targetOf(host));
  if (certificateCodes.has(code))
    return `The certificate of ${host} is not one that is trusted here (${code}). Use an address with a public certificate, or http:// within your own network.`;
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of ${host} has expired. Renew it.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of ${host} is for another name. Use the name that it was made for.`;
  if (isTls && (code === 'EPROTO' || code.startsWith('ERR_SSL')))
    return `${host} does not speak TLS. Write http:// instead of https://.`;
  if (!isTls && code === 'ECONNRESET')
    return `${host} hung up at once. Home Assistant may be restarting; if the address wants TLS, write https:// instead of http://.`;
  if (code.startsWith('HPE_')) return explain({ kind: 'foreign', message }, targetOf(host));
  return `${host} can not be reached: ${message === '' ? code : message}.`;
}

function targetOf(host: string): Target {
  return { websocketUrl: `ws://${host}`, isSupervisor: false };
}
