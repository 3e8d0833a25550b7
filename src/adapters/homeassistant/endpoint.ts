/** Where a Home Assistant's websocket is, and what opens it. */
export interface Endpoint {
  /** ws:// or wss://, with the path of the websocket. */
  readonly websocketUrl: string;
  readonly token: string;
  /**
   * The Supervisor checks the token itself: a refusal there has no consequence, while Core counts it and may ban the
   * address.
   */
  readonly source: 'supervisor' | 'environment' | 'saved';
}

type ParsedEndpoint =
  | { readonly kind: 'endpoint'; readonly websocketUrl: string }
  | { readonly kind: 'invalid'; readonly error: string };

const websocketPath = '/api/websocket';
const protocols: ReadonlyMap<string, string> = new Map([
  ['http:', 'ws:'],
  ['https:', 'wss:'],
  ['ws:', 'ws:'],
  ['wss:', 'wss:'],
]);
const schemePattern = /^[a-z][a-z0-9+.-]*:\/\//i;

/** The add-on's way to Core, with the token that the Supervisor made for this start. */
export function supervisorEndpoint(token: string): Endpoint {
  return { websocketUrl: 'ws://supervisor/core/websocket', token, source: 'supervisor' };
}

/**
 * The websocket's address from what a user or the environment gives: a bare host, with or without a port, is http; a
 * path (behind a proxy) is kept; a full websocket address is used unchanged.
 */
export function endpointFromUrl(text: string): ParsedEndpoint {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'invalid', error: 'The address of Home Assistant is empty.' };
  const url = URL.parse(schemePattern.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url === null)
    return {
      kind: 'invalid',
      error: `“${trimmed}” is not an address. Write it like http://homeassistant.local:8123.`,
    };
  const protocol = protocols.get(url.protocol);
  if (protocol === undefined)
    return {
      kind: 'invalid',
      error: `The address begins with ${url.protocol}//; http:// or https:// is needed.`,
    };
  if (url.username !== '' || url.password !== '')
    return {
      kind: 'invalid',
      error: 'The address holds a user name or password; give an access token instead.',
    };
  const path = url.pathname.replace(/\/+$/, '');
  const isWebsocket = path.endsWith(websocketPath) || path.endsWith('/core/websocket');
  return {
    kind: 'endpoint',
    websocketUrl: `${protocol}//${url.host}${isWebsocket ? path : path + websocketPath}`,
  };
}
