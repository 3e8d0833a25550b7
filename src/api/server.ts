/** Listens: HTTP for the application, upgrades for the live socket. */
import type { Server } from 'node:http';
import { SparingLog } from '../runtime/sparing-log.ts';
import { buildApp } from './app.ts';
import type { ApiDeps } from './http/deps.ts';
import { createHttpServer, defaultHttpLimits, type HttpLimits } from './http/http-server.ts';
import { LiveHub } from './live/hub.ts';
import { LiveSockets } from './live/sockets.ts';

const closeWithinMs = 2000;

export class ApiServer {
  readonly #deps: ApiDeps;
  readonly #limits: HttpLimits;
  readonly #log: SparingLog;
  readonly #hub: LiveHub;
  readonly #sockets: LiveSockets;
  #server: Server | null = null;

  constructor(deps: ApiDeps, limits: Partial<HttpLimits> = {}) {
    // Who asks decides how often a line would be written.
    this.#log = new SparingLog(deps.log);
    this.#deps = { ...deps, log: this.#log };
    this.#limits = { ...defaultHttpLimits, ...limits };
    this.#hub = new LiveHub(this.#deps);
    this.#sockets = new LiveSockets({ hub: this.#hub, access: deps.access, log: this.#log });
  }

  /** Notifies panels that something changed. */
  get hub(): LiveHub {
    return this.#hub;
  }

  /** A panel is open, whose figures follow the present. */
  isWatched(): boolean {
    return this.#hub.clientCount() > 0;
  }

  /** Resolves with the port (a free one for port 0); rejects when it can't listen. */
  async start(host: string, port: number): Promise<number> {
    const app = buildApp(this.#deps);
    const server = createHttpServer(
      {
        access: this.#deps.access,
        fetch: app.fetch,
        upgrade: (request, socket, head) => this.#sockets.upgrade(request, socket, head),
        log: this.#log,
      },
      this.#limits,
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#log.error({ err: error }, 'The HTTP server failed'));
    this.#server = server;
    this.#hub.start();
    this.#sockets.start();
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    this.#sockets.stop();
    this.#hub.stop();
    this.#log.flush();
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => server.closeAllConnections(), closeWithinMs);
      server.close(() => {
        clearTimeout(force);
        resolve();
      });
      server.closeIdleConnections();
    });
  }
}
