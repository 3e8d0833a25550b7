import type { OpenAPIHono } from '@hono/zod-openapi';
import {
  type ConnectionRefusal,
  connectionIdOf,
  type GridConnection,
  homeConnectionId,
} from '../../home/grid-connection.ts';
import { route } from '../../schemas/calls.ts';
import { connectionLimits, type GridConnectionRow } from '../../schemas/grid-connections.ts';
import { homeDevice } from '../answers/grid.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { isoOrNull } from '../http/wire.ts';

export function gridConnectionRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { home, gridConnections: known, stores, clock } = deps;
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);

  const rowOf = (row: Omit<GridConnectionRow, 'untracked'>): GridConnectionRow => {
    const { offtake, injection, power, meter_peak: peak } = row;
    const untracked = [...offtake, ...injection, power, peak].filter(
      (id) => id !== null && home.entity(id)?.isTracked !== true,
    );
    return { ...row, untracked: untracked as string[] };
  };
  const homeRow = (): GridConnectionRow => {
    const { gridIn, gridOut, powerSensors, meterPeak } = homeDevice(deps);
    const row = {
      ...{ id: homeConnectionId, name: null, is_home: true, created_at: null },
      ...{ offtake: [...gridIn], injection: [...gridOut] },
      ...{ power: powerSensors[0] ?? null, meter_peak: meterPeak?.entityId ?? null },
    };
    // The peak of the home's meter is read whether it is tracked or not.
    return { ...rowOf({ ...row, meter_peak: null }), meter_peak: row.meter_peak };
  };
  const namedRow = (connection: GridConnection): GridConnectionRow =>
    rowOf({
      ...{ id: connection.connectionId, name: connection.name, is_home: false },
      ...{ offtake: [...connection.offtake], injection: [...connection.injection] },
      ...{ power: connection.powerEntityId, meter_peak: connection.meterPeakEntityId },
      created_at: isoOrNull(connection.createdAtUs),
    });

  app
    .openapi(route('GET /api/grid-connections'), async (c) => {
      const named = await inDocuments(() => known.all());
      const connections = [homeRow(), ...named.map(namedRow)];
      return c.json({ connections, limit: connectionLimits.connections }, 200);
    })
    .openapi(route('POST /api/grid-connections'), async (c) => {
      const asked = c.req.valid('json');
      const connectionId = asked.id ?? connectionIdOf(asked.name);
      if (connectionId === '')
        throw new HttpProblem(400, {
          detail: 'The name has no letter or digit for an id.',
          field: 'id',
          expected: 'small letters, digits, - and _',
        });
      const outcome = await inDocuments(() =>
        known.add({
          ...{ connectionId, name: asked.name, offtake: asked.offtake, injection: asked.injection },
          ...{ powerEntityId: asked.power, meterPeakEntityId: asked.meter_peak },
          createdAtUs: clock.nowUs(),
        }),
      );
      if (outcome.kind !== 'added') throw refused(outcome);
      return c.json(namedRow(outcome.connection), 201);
    })
    .openapi(route('DELETE /api/grid-connections/{id}'), async (c) => {
      const { id } = c.req.valid('param');
      if (id === homeConnectionId)
        throw new HttpProblem(400, {
          detail: 'The home’s own connection is what the energy preferences of Home Assistant say.',
          field: 'id',
          expected: 'a connection that was named',
        });
      const removed = await inDocuments(() => known.remove(id));
      if (removed === null)
        throw new HttpProblem(404, { detail: `There is no grid connection named ${id}.`, field: 'id' });
      return c.json(namedRow(removed), 200);
    });
}

const expectedOf = {
  not_tracked: 'ids of tracked entities',
  not_energy: 'registers of energy',
  not_power: 'a sensor of power',
  named_twice: 'each entity once',
} as const;

const detailOf = {
  not_tracked: 'Not tracked',
  not_energy: 'No register of energy',
  not_power: 'No sensor of power',
  named_twice: 'Named twice',
} as const;

function refused(refusal: ConnectionRefusal): HttpProblem {
  switch (refusal.kind) {
    case 'too_many':
      return new HttpProblem(409, {
        detail: `There are ${connectionLimits.connections} connections already. Remove one first.`,
      });
    case 'id_taken':
      return new HttpProblem(409, {
        detail: `There is a grid connection named ${refusal.id} already.`,
        field: 'id',
        expected: 'another id or name',
      });
    case 'wrong_entity':
      return new HttpProblem(400, {
        detail: `${detailOf[refusal.why]}: ${refusal.entityIds.join(', ')}.`,
        field: refusal.field,
        expected: expectedOf[refusal.why],
      });
  }
}
