/** The API's description, generated from the schemas that the routes check with, and a page to read it. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { commonProblems } from '../../schemas/call.ts';
import type { ApiEnv } from '../http/deps.ts';
import { docsPage } from './openapi-page.ts';

const about = `All paths are relative to the app's root, so that they work under Home Assistant's ingress.

- JSON, field names snake_case, instants ISO 8601 with offset; days in the home's time zone.
- Energy is in kWh, power in W, volume in m³, flow in m³/h, unless a field names its unit. What is not known is null, never 0.
- Ranges are half-open: \`start_time\` inclusive, \`end_time\` exclusive. A plain date is its local midnight; in the calls of power analytics an end that is a date includes that day.
- A method that a path does not have is answered with 405; \`Allow\` names those that it has.
- Errors are application/problem+json (RFC 9457). Who may call: Home Assistant's ingress, and this machine itself. Settings are changed by administrators only.
- WebSocket api/live?since=SEQ: live readings; see the schema of its messages in src/schemas/live.ts.`;

export function describeApi(app: OpenAPIHono<ApiEnv>, version: string): void {
  const document = () => {
    addCommonProblems(app);
    return app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Energy Ledger', version, description: about },
      servers: [{ url: '..', description: "The app's root, seen from this document" }],
    });
  };
  app.get('/api/openapi.json', (c) => c.json(document()));
  app.get('/api/docs', (c) => {
    const access = c.get('access');
    return c.html(docsPage(document(), access.kind === 'ingress' ? access.basePath : ''));
  });
}

/** So that no route has to remember them; its own texts win. */
function addCommonProblems(app: OpenAPIHono<ApiEnv>): void {
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue;
    const { route } = definition;
    const { params, query, body } = route.request ?? {};
    const hasInput = params !== undefined || query !== undefined || body !== undefined;
    const common = commonProblems({ hasInput, mayHaveBody: route.method !== 'get' });
    route.responses = { ...common, ...route.responses };
  }
}
