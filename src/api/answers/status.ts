/** The health of every part, and of the whole. */

import type { ConnectionStatus } from '../../home/home-assistant.ts';
import type { Status } from '../../schemas/status.ts';
import type { ApiDeps } from '../http/deps.ts';
import type { PartHealth } from '../http/ports.ts';
import { isoOrNull } from '../http/wire.ts';
import { unknownSourcesOf } from './balance-answer.ts';

function part(health: PartHealth): { ok: boolean; detail: string | null } {
  return { ok: health.isOk, detail: health.detail };
}

function homeAssistantDetail(status: ConnectionStatus, refused: string | null): string | null {
  switch (status.kind) {
    case 'connected':
      return null;
    case 'not_configured':
      return (
        refused ?? 'No Home Assistant is set: give its address and an access token on the settings page.'
      );
    case 'connecting':
      return status.error === null
        ? 'Connecting to Home Assistant.'
        : `Home Assistant does not answer (${status.error}); it is tried again by itself.`;
    case 'refused':
      return `Home Assistant refuses the access token (${status.error}): make a new one and save it on the settings page.`;
  }
}

function discoveryPart({ home, homeAssistant }: ApiDeps): Status['discovery'] {
  const missing = home.missing().map((statistic) => statistic.statisticId);
  const isWaiting = home.discoveredAtUs() === null && homeAssistant.status().kind === 'connected';
  const unknown = unknownSourcesOf(home);
  // What somebody chose not to record is no fault, though the balance lacks it.
  const lost = unknown.filter(({ reason }) => reason !== 'not_tracked');
  const detail = [
    ...(missing.length > 0
      ? [
          `The energy preferences of Home Assistant name ${listed(missing)}, which it does not have (renamed or disabled?), or whose unit is not one of energy, power or volume.`,
        ]
      : []),
    ...(lost.length > 0
      ? [
          `Without ${listed(lost.map((source) => source.statistic_id))} the home’s use is not known: name another one in the energy settings of Home Assistant, or bring it back.`,
        ]
      : []),
    ...(isWaiting ? ['The entities of Home Assistant were not read yet.'] : []),
  ].join(' ');
  return {
    ok: detail === '',
    detail: detail === '' ? null : detail,
    entities_found: home.entities().filter((entity) => entity.isActive).length,
    missing,
    unknown_sources: unknown,
    last_run_at: isoOrNull(home.discoveredAtUs()),
  };
}

function listed(ids: readonly string[]): string {
  return ids.slice(0, 10).join(', ');
}

export function statusOf(deps: ApiDeps): Status {
  const { homeAssistant, recording, backfill, ledger, integrity, stores, home, version } = deps;
  const connection = homeAssistant.status();
  const isConnected = connection.kind === 'connected';
  const { recorder, spool } = recording.health();
  const { heartbeat, disk, proof } = recording.watch();
  const questdb = stores.questdb();
  const mongodb = stores.mongodb();
  const discovery = discoveryPart(deps);
  const filling = backfill.status();
  const posting = ledger.posting();
  const importing = ledger.history.status();
  const reconciling = integrity.reconciler.status();
  const canRecord = isConnected && recorder.canKeep;
  const isAllWell =
    recorder.isOk &&
    filling.isOk &&
    spool.isOk &&
    questdb.isOk &&
    mongodb.isOk &&
    discovery.ok &&
    heartbeat.isOk &&
    disk.isOk &&
    proof.isOk &&
    posting.error === null &&
    reconciling.isOk &&
    isConnected;
  return {
    status: !canRecord ? 'down' : isAllWell ? 'ok' : 'degraded',
    version,
    uptime_seconds: Math.round(process.uptime()),
    home_assistant: {
      ok: isConnected,
      detail: homeAssistantDetail(connection, deps.homeAssistantRefused),
      version: isConnected ? connection.version : null,
      connected_since: isConnected ? isoOrNull(connection.sinceUs) : null,
      reconnect_count: homeAssistant.reconnectCount(),
      token_refused: connection.kind === 'refused',
    },
    questdb: part(questdb),
    mongodb: part(mongodb),
    discovery,
    recorder: {
      ...part(recorder),
      entities_tracked: home.recorded().length,
      last_reading_at: isoOrNull(recorder.lastReadingAtUs),
      readings_received: recorder.received,
      readings_stored: recorder.stored,
      write_errors: recorder.writeErrors,
      rejected: { ...recorder.rejected },
      last_rejection:
        recorder.lastRejection === null
          ? null
          : {
              entity_id: recorder.lastRejection.entityId,
              reason: recorder.lastRejection.reason,
              state: recorder.lastRejection.state,
              timestamp: isoOrNull(recorder.lastRejection.atUs) ?? '',
            },
      queue_length: recorder.queueLength,
      queue_limit: recorder.queueLimit,
    },
    spool: {
      ...part(spool),
      bytes: spool.bytes,
      limit_bytes: spool.limitBytes,
      readings: spool.readings,
      is_paused: spool.isPaused,
    },
    heartbeat: {
      ...part(heartbeat),
      last_ping_at: isoOrNull(heartbeat.lastPingAtUs),
      last_compared_at: isoOrNull(heartbeat.lastComparedAtUs),
      silences: heartbeat.silences,
    },
    disk: { ...part(disk), free_bytes: disk.freeBytes, total_bytes: disk.totalBytes },
    ledger: {
      ok: posting.error === null,
      detail:
        posting.error === null
          ? null
          : `The ledger could not be posted (${posting.error}); it is tried again by itself.`,
      meters_waiting: posting.metersWaiting,
      posting_past: posting.isPostingPast,
      last_posted_at: isoOrNull(posting.lastPostedAtUs),
    },
    proof: {
      ...part(proof),
      running: proof.isRunning,
      proven_until: isoOrNull(proof.verifiedUntilUs),
      unproven_hours: proof.unverifiedHours,
    },
    backfill: {
      ok: filling.isOk,
      detail: filling.detail,
      running: filling.isRunning,
      last_finished_at: isoOrNull(filling.lastFinishedAtUs),
    },
    statistics: {
      ok: importing.isOk,
      detail: importing.detail,
      running: importing.run !== null,
      entities_total: importing.run?.entitiesTotal ?? 0,
      entities_done: importing.run?.entitiesDone ?? 0,
      rows: importing.run?.readingsAdded ?? 0,
      last_finished_at: isoOrNull(importing.lastFinishedAtUs),
    },
    reconciliation: {
      ok: reconciling.isOk,
      detail: reconciling.detail,
      running: reconciling.run !== null,
      last_finished_at: isoOrNull(reconciling.lastFinishedAtUs),
      next_at: isoOrNull(
        Math.min(reconciling.nextHourlyUs, reconciling.nextNightlyUs ?? Number.POSITIVE_INFINITY),
      ),
      open_tickets: openTickets(integrity),
    },
    memory: { rss_bytes: process.memoryUsage.rss() },
  };
}

function openTickets({ tickets }: ApiDeps['integrity']): number | null {
  const open = tickets.open();
  return open === null ? null : [...open.values()].reduce((sum, count) => sum + count, 0);
}
