/** Bytes over TCP as no HTTP client would send them, and a stranger's address for connections of this machine. */
import { connect, Server, Socket } from 'node:net';
import { vi } from 'vitest';

/** Connections from there look like a stranger's after `simulateStrangers`. */
export const strangersLoopback = '127.0.0.9';
const strangersAddress = '192.0.2.7';

/** @returns the way back */
export function simulateStrangers(): () => void {
  const emit = Server.prototype.emit;
  const spy = vi.spyOn(Server.prototype, 'emit').mockImplementation(function (
    this: Server,
    event: string | symbol,
    ...answered: unknown[]
  ) {
    const [socket] = answered;
    if (event === 'connection' && socket instanceof Socket && socket.remoteAddress === strangersLoopback)
      Object.defineProperty(socket, 'remoteAddress', { value: strangersAddress });
    return emit.call(this, event, ...answered);
  });
  return () => spy.mockRestore();
}

export interface RawAnswer {
  /** What was received until the other side closed, or until `enoughMs` passed. */
  readonly text: string;
  readonly isClosed: boolean;
  readonly afterMs: number;
}

export interface RawOptions {
  readonly from?: string;
  /** So long is waited for the other side to close. */
  readonly withinMs?: number;
  /** Ends the wait with the first bytes of an answer. */
  readonly untilAnswer?: boolean;
}

/** Sends `bytes` and keeps our side open, as an attacker would. Never rejects: a cut connection is an answer. */
export function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  { from = '127.0.0.1', withinMs = 2000, untilAnswer = false }: RawOptions = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const beganMs = performance.now();
    const socket = connect({ host: '127.0.0.1', port, localAddress: from, allowHalfOpen: true });
    let text = '';
    const settle = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text, isClosed, afterMs: performance.now() - beganMs });
    };
    const timer = setTimeout(() => settle(false), withinMs);
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      text += chunk;
      if (untilAnswer) settle(false);
    });
    socket.on('end', () => settle(true));
    socket.on('error', () => settle(true));
    socket.on('close', () => settle(true));
  });
}
