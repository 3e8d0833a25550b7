/** The HTTP application: guard, limits, routes, description, panel. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { Prices } from '../tariffs/prices.ts';
import { Administrators } from './administrators.ts';
import { CurrentStates } from './current-states.ts';
import type { ApiDeps, ApiEnv } from './deps.ts';
import { accessGuard, bodySize, jsonBodies, securityHeaders } from './guard.ts';
import { describeApi } from './openapi.ts';
import { panelRoutes } from './panel.ts';
import { presentFirst } from './present.ts';
import { notFound, problemHandler, problemResponse } from './problems.ts';
import { analyticsRoutes } from './routes/analytics.ts';
import { analyticsExportRoutes } from './routes/analytics-export.ts';
import { balanceRoutes } from './routes/balance.ts';
import { correctionRoutes } from './routes/corrections.ts';
import { costVersionRoutes } from './routes/cost-versions.ts';
import { coverageRoutes } from './routes/coverage.ts';
import { entityRoutes } from './routes/entities.ts';
import { gridConnectionRoutes } from './routes/grid-connections.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { nowRoutes } from './routes/now.ts';
import { p1Routes } from './routes/p1.ts';
import { readingRoutes } from './routes/readings.ts';
import { reconciliationRoutes } from './routes/reconciliation.ts';
import { settingsRoutes } from './routes/settings.ts';
import { statisticsRoutes } from './routes/statistics.ts';
import { statisticsSyncRoutes } from './routes/statistics-sync.ts';
import { statusRoutes } from './routes/status.ts';
import { subscriptionRoutes } from './routes/subscription.ts';
import { syncRoutes } from './routes/syncs.ts';
import { ticketRoutes } from './routes/tickets.ts';

export function buildApp(deps: ApiDeps): OpenAPIHono<ApiEnv> {
  const app = new OpenAPIHono<ApiEnv>();
  const administrators = new Administrators(deps);
  const currentStates = new CurrentStates(deps.homeAssistant, deps.clock);
  const prices = new Prices({ store: deps.ledger.costVersions, clock: deps.clock });
  app.onError(problemHandler(deps.log));
  app.notFound(notFound);
  app.use(securityHeaders);
  app.use(accessGuard(deps));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (_c, allowed) =>
        problemResponse(405, { detail: `Here only ${allowed.join(', ')}.`, allow: allowed.join(', ') }),
    }),
  );
  app.use(jsonBodies);
  app.use(bodySize);
  app.use(presentFirst(deps));
  app.route('/', statusRoutes(deps));
  app.route('/', entityRoutes(deps, currentStates));
  app.route('/', settingsRoutes(deps, administrators, currentStates));
  app.route('/', subscriptionRoutes(deps));
  app.route('/', syncRoutes(deps));
  app.route('/', nowRoutes(deps));
  app.route('/', readingRoutes(deps));
  app.route('/', balanceRoutes(deps, prices));
  app.route('/', p1Routes(deps, currentStates));
  app.route('/', gridConnectionRoutes(deps, administrators));
  app.route('/', statisticsSyncRoutes(deps));
  app.route('/', statisticsRoutes(deps, prices));
  app.route('/', ledgerRoutes(deps));
  app.route('/', correctionRoutes(deps, administrators));
  app.route('/', coverageRoutes(deps));
  app.route('/', analyticsRoutes(deps, prices));
  app.route('/', analyticsExportRoutes(deps, prices));
  app.route('/', ticketRoutes(deps, administrators));
  app.route('/', reconciliationRoutes(deps, administrators));
  app.route('/', metricsRoutes(deps));
  app.route('/', costVersionRoutes(deps, prices, administrators));
  describeApi(app, deps.version);
  app.route('/', panelRoutes(deps.panelDir));
  return app;
}
