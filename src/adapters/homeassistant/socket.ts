/** An authenticated websocket to Home Assistant, in the shape that home-assistant-js-websocket speaks to. */
import { WebSocket } from 'ws';
import { ConnectError, type ConnectFault } from './connect-error.ts';
import type { Endpoint } from './endpoint.ts';
import { isRecord } from './wire.ts';

interface SocketDeps {
  readonly connectMs: number;
  readonly authMs: number;
  readonly monotonicMs: () => number;
  /** Called when a message could not be handled: the connection can't be trusted after it. */
  readonly onFault: (cause: unknown) => void;
}

/** The Supervisor forwards no longer messages. */
const maxPayloadBytes = 64 * 1024 * 1024;

type MessageListener = (event: { data: string }) => void;
type CloseListener = () => void;

/**
 * The part of a browser's WebSocket that the library uses. A listener's failure ends here: thrown out of ws's event
 * it would end the process.
 */
export class HomeAssistantSocket {
  readonly OPEN = WebSocket.OPEN;
  readonly haVersion: string;
  readonly #socket: WebSocket;
  readonly #deps: SocketDeps;
  readonly #messageListeners = new Set<MessageListener>();
  readonly #closeListeners = new Set<CloseListener>();
  #lastMessageMs: number;
  #closeCode: number | null = null;

  constructor(socket: WebSocket, haVersion: string, deps: SocketDeps) {
    this.#socket = socket;
    this.haVersion = haVersion;
    this.#deps = deps;
    this.#lastMessageMs = deps.monotonicMs();
    socket.on('message', (data) => this.#receive(String(data)));
    // The close event follows.
    socket.on('error', (cause) => deps.onFault(cause));
    socket.on('close', (code) => this.#end(code));
    if (socket.readyState === WebSocket.CLOSED) this.#end(1006);
  }

  get readyState(): number {
    return this.#socket.readyState;
  }

  /** When the last message came, by the monotonic clock. */
  lastMessageMs(): number {
    return this.#lastMessageMs;
  }

  /** Null while it is open. */
  closeCode(): number | null {
    return this.#closeCode;
  }

  addEventListener(type: string, listener: MessageListener | CloseListener): void {
    if (type === 'message') this.#messageListeners.add(listener as MessageListener);
    if (type === 'close') this.#closeListeners.add(listener as CloseListener);
  }

  removeEventListener(type: string, listener: MessageListener | CloseListener): void {
    if (type === 'message') this.#messageListeners.delete(listener as MessageListener);
    if (type === 'close') this.#closeListeners.delete(listener as CloseListener);
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(): void {
    this.#socket.close();
  }

  /** Without the closing handshake, which a half-open connection never answers. */
  terminate(): void {
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#lastMessageMs = this.#deps.monotonicMs();
    this.#socket.resume();
  }

  #receive(data: string): void {
    this.#lastMessageMs = this.#deps.monotonicMs();
    for (const listener of this.#messageListeners) {
      try {
        listener({ data });
      } catch (cause) {
        this.#deps.onFault(cause);
      }
    }
  }

  #end(code: number): void {
    if (this.#closeCode !== null) return;
    this.#closeCode = code;
    for (const listener of [...this.#closeListeners]) {
      try {
        listener();
      } catch (cause) {
        this.#deps.onFault(cause);
      }
    }
  }
}

function webSocketTo(endpoint: Endpoint, { connectMs }: SocketDeps): WebSocket {
  return new WebSocket(endpoint.websocketUrl, {
    handshakeTimeout: connectMs,
    maxPayload: maxPayloadBytes,
    // Core and this process run on one machine or in one house: its CPU is scarcer than bandwidth.
    perMessageDeflate: false,
    followRedirects: false,
  });
}

/** Many events may come in one frame: under load that spares both sides a lot of work. The first id is ours. */
const coalesceMessages = JSON.stringify({
  id: 1,
  type: 'supported_features',
  features: { coalesce_messages: 1 },
});

type SignInAnswer =
  | { readonly kind: 'auth_required' }
  | { readonly kind: 'auth_ok'; readonly version: string }
  | Extract<ConnectFault, { kind: 'auth_invalid' | 'foreign' }>;

/** A message before the sign-in is done. */
function answerOf(text: string): SignInAnswer {
  const message = parse(text);
  const type = isRecord(message) ? message.type : undefined;
  if (type === 'auth_required') return { kind: 'auth_required' };
  if (type === 'auth_invalid') return { kind: 'auth_invalid', message: 'auth_invalid' };
  if (type === 'auth_ok' && isRecord(message))
    return { kind: 'auth_ok', version: typeof message.ha_version === 'string' ? message.ha_version : '' };
  return { kind: 'foreign', message: 'The first message is not one of Home Assistant' };
}

/** Opens, signs in, asks for coalesced messages. Rejects with a ConnectError. */
export function openSocket(
  endpoint: Endpoint,
  deps: SocketDeps,
  signal: AbortSignal,
): Promise<HomeAssistantSocket> {
  return new Promise((resolve, reject) => {
    const { websocketUrl, source, token } = endpoint;
    const target = { websocketUrl, isSupervisor: source === 'supervisor' };
    const socket = webSocketTo(endpoint, deps);
    let isDone = false;
    let isOpen = false;
    let deadline = setTimeout(() => fail({ kind: 'timeout', phase: 'connect' }), deps.connectMs);

    function finish(): boolean {
      if (isDone) return false;
      isDone = true;
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
      socket.off('message', receive);
      socket.off('close', close);
      return true;
    }
    function fail(fault: ConnectFault, cause?: unknown): void {
      if (!finish()) return;
      socket.terminate();
      reject(new ConnectError(fault, target, cause));
    }
    function abort(): void {
      fail({ kind: 'closed', code: 1001 });
    }
    /** The other side decides what is received: a message that can't be handled ends this connection only. */
    function receive(data: unknown): void {
      try {
        take(data);
      } catch (cause) {
        fail({ kind: 'foreign', message: cause instanceof Error ? cause.message : String(cause) }, cause);
      }
    }
    function take(data: unknown): void {
      const answer = answerOf(String(data));
      if (answer.kind === 'auth_required') {
        socket.send(JSON.stringify({ type: 'auth', access_token: token }));
      } else if (answer.kind === 'auth_ok') {
        if (!finish()) return;
        socket.send(coalesceMessages);
        resolve(new HomeAssistantSocket(socket, answer.version, deps));
      } else {
        fail(answer);
      }
    }
    const close = (code: number): void => fail({ kind: 'closed', code });

    socket.on('open', () => {
      isOpen = true;
      clearTimeout(deadline);
      if (!isDone) deadline = setTimeout(() => fail({ kind: 'timeout', phase: 'auth' }), deps.authMs);
    });
    socket.on('unexpected-response', (request, response) => {
      request.destroy();
      const { statusCode, headers } = response;
      fail({ kind: 'http', status: statusCode ?? 0, location: headers.location ?? null });
    });
    socket.on('error', (cause) => fail(isOpen ? foreign(cause) : networkFault(cause), cause));
    socket.on('message', receive);
    socket.on('close', close);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is not JSON is not Home Assistant; the caller reports it.
    return null;
  }
}

function foreign(cause: Error): ConnectFault {
  return { kind: 'foreign', message: cause.message };
}

function networkFault(cause: Error & { code?: unknown }): ConnectFault {
  if (cause.message === 'Opening handshake has timed out') return { kind: 'timeout', phase: 'connect' };
  // Node tries every address of a name and reports all errors together.
  const first = cause instanceof AggregateError ? cause.errors[0] : undefined;
  const message = cause.message === '' && first instanceof Error ? first.message : cause.message;
  if (typeof cause.code === 'string') return { kind: 'network', code: cause.code, message };
  return message === 'socket hang up' ? { kind: 'network', code: 'ECONNRESET', message } : foreign(cause);
}
