/** Lets the tests change the world around the panel. By HTTP, because the world runs in another process. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { DemoHome } from '../../../addon/demo-home/demo-home.ts';
import { bare } from '../../../addon/demo-home/home/by-hand.ts';
import type { Sidecars } from '../../../addon/sidecars/sidecars.ts';
import { listen, type RunningServer } from './http-server.ts';

interface ControlDeps {
  readonly demo: DemoHome;
  readonly sidecars: Sidecars;
  /** The app without ingress, to compare with. */
  readonly appUrl: string;
}

/** Adds a meter in kWh with a past: a register for each minute until now, the oldest first. */
function addMeter(demo: DemoHome, entityId: string, registers: string): void {
  demo.home.add(bare(entityId, { unit: 'kWh', deviceClass: 'energy', stateClass: 'total_increasing' }), true);
  const states = registers.split(',');
  const nowUs = demo.home.advance();
  for (const [index, state] of states.entries())
    demo.emit(entityId, state, undefined, nowUs - (states.length - index) * 60_000_000);
}

export async function startControl(deps: ControlDeps): Promise<RunningServer> {
  const { demo, sidecars, appUrl } = deps;
  const actions: Record<string, (query: URLSearchParams) => unknown> = {
    '/states': () => Object.fromEntries(demo.states()),
    '/stand-still': (query) => demo.standStill(query.get('on') === 'true'),
    '/emit': (query) => demo.emit(query.get('entity') ?? '', query.get('state') ?? ''),
    '/meter': (query) => addMeter(demo, query.get('entity') ?? '', query.get('registers') ?? ''),
    '/questdb-down': () => sidecars.down('questdb'),
    '/questdb-up': () => sidecars.up('questdb'),
    '/app-url': () => appUrl,
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const action = actions[url.pathname];
    if (action === undefined) {
      response.writeHead(404).end();
      return;
    }
    try {
      const result = await action(url.searchParams);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(result ?? null));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };
  return await listen(createServer((request, response) => void answer(request, response)));
}
