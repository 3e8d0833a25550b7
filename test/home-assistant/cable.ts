import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What the cable does to a connection. `hang`: it is taken and nothing passes, like a machine that stopped. `broken`
 * cuts what there is and what comes; `refused` accepts no connection.
 */
type Mode = 'open' | 'broken' | 'refused' | 'hang';

/** When a connection is cut by itself: after so many bytes of what is asked, or at the first byte of the answer. */
export type Cut = { readonly afterBytes: number } | 'at answer';

/** A cable to Home Assistant or to a store that can be cut, slowed down, or go dead: a TCP proxy on loopback. */
export class Cable {
  /** As Home Assistant's address would be. */
  readonly url: string;
  readonly port: number;
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  readonly #cuts: Cut[] = [];
  #mode: Mode = 'open';
  #delayMs = 0;
  #cutsDone = 0;

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.#target = target;
    this.port = (server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
    server.on('connection', (near) => this.#join(near));
  }

  /** @param targetUrl any address that names a port */
  static async to(targetUrl: string): Promise<Cable> {
    const { hostname, port } = new URL(targetUrl);
    const server = createServer();
    await listen(server, 0);
    return new Cable(server, { host: hostname, port: Number(port === '' ? 80 : port) });
  }

  /** `targetUrl` as it is reached through this cable. */
  through(targetUrl: string): string {
    const url = new URL(targetUrl);
    url.host = `127.0.0.1:${this.port}`;
    return url.href.replace(/\/$/, '');
  }

  cut(): void {
    this.#mode = 'broken';
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Refuses connections from now on. */
  async refuse(): Promise<void> {
    this.cut();
    this.#mode = 'refused';
    await new Promise((resolve) => this.#server.close(resolve));
  }

  hang(): void {
    this.#mode = 'hang';
    for (const socket of this.#sockets) socket.pause();
  }

  /** Every piece comes so much later, both ways. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** The next connections on which anything is asked are cut so, one after the other. */
  cutNext(...cuts: Cut[]): void {
    this.#cuts.push(...cuts);
    // Those that are open were made before: new ones are made when something is asked.
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** How many connections were cut by `cutNext`. */
  get cutsDone(): number {
    return this.#cutsDone;
  }

  async mend(): Promise<void> {
    const before = this.#mode;
    this.#mode = 'open';
    this.#delayMs = 0;
    this.#cuts.length = 0;
    if (before === 'refused') await listen(this.#server, this.port);
    for (const socket of this.#sockets) socket.resume();
  }

  async stop(): Promise<void> {
    this.cut();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#mode === 'broken') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.#target.port, this.#target.host);
    const cut = this.#cuts.shift();
    const ends = { near, far };
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      // The close that follows is handled.
      socket.on('error', () => undefined);
      if (this.#mode === 'hang') socket.pause();
    }
    let asked = 0;
    near.on('data', (piece: Buffer) => {
      const room = typeof cut === 'object' ? cut.afterBytes - asked : Number.POSITIVE_INFINITY;
      asked += piece.length;
      if (piece.length < room) this.#pass(near, far, piece);
      else far.write(piece.subarray(0, room), () => this.#sever(ends));
    });
    far.on('data', (piece: Buffer) => {
      if (cut === 'at answer') this.#sever(ends);
      else this.#pass(far, near, piece);
    });
    near.on('end', () => far.end());
    far.on('end', () => near.end());
  }

  #sever({ near, far }: { near: Socket; far: Socket }): void {
    this.#cutsDone += 1;
    near.resetAndDestroy();
    far.resetAndDestroy();
  }

  #pass(from: Socket, to: Socket, piece: Buffer): void {
    const send = () => {
      if (to.destroyed || to.write(piece)) return;
      from.pause();
      to.once('drain', () => {
        if (this.#mode !== 'hang') from.resume();
      });
    };
    if (this.#delayMs === 0) send();
    else setTimeout(send, this.#delayMs);
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
