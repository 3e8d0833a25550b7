import { SenderOptions } from '@questdb/nodejs-client';

/** Where QuestDB takes ILP over HTTP, and by what name. Holds a password: never goes into a log or an error. */
export interface IlpAddress {
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** From QUESTDB_URL, `http[s]://[user:password@]host[:port]`; the port is 9000 when none is given. */
export function ilpAddress(questdbUrl: string): IlpAddress {
  const url = new URL(questdbUrl);
  const isSecure = url.protocol === 'https:';
  const hasPort = /^https?:\/\/(?:[^@/]*@)?(?:\[[^\]]*\]|[^:/?#]*):\d+/i.test(questdbUrl);
  return {
    isSecure,
    // An IPv6 address stands in brackets in a URL and without them everywhere else.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: hasPort ? Number(url.port || (isSecure ? 443 : 80)) : 9000,
    credentials:
      url.username === ''
        ? null
        : { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) },
  };
}

/** The client's options for one sender. Only we flush, because only we know when a batch is complete. */
export function senderOptions(
  address: IlpAddress,
  limits: { readonly requestMs: number; readonly bufferBytes: number },
  agent: object,
): SenderOptions {
  const text = [
    `${address.isSecure ? 'https' : 'http'}::addr=localhost:${address.port}`,
    'auto_flush=off',
    // Doubles are sent as their eight bytes. Set here and not negotiated, so that a sender is made without a request.
    'protocol_version=2',
    // Node's own HTTP: its agent can be destroyed, and with it a request that would never end.
    'stdlib_http=on',
    `init_buf_size=${256 * 1024}`,
    `max_buf_size=${limits.bufferBytes}`,
    `request_timeout=${limits.requestMs}`,
    // The caller retries; what the client retries on its own only delays the answer.
    'retry_timeout=1',
  ].join(';');
  // Its log would receive every row; a failure is in the error already.
  const options = new SenderOptions(text, { log: () => undefined, agent: agent as never });
  options.host = address.host;
  if (address.credentials !== null) {
    options.username = address.credentials.username;
    options.password = address.credentials.password;
  }
  return options;
}
