/** The health of every part, and of the whole. */

import type { ConnectionStatus } from '../../home/home-assistant.ts';
import type { PostingHealth } from '../../ledger/posting/posting-health.ts';
import type { PartHealth, PartProblem } from '../../runtime/health.ts';
import type { PartStatus, Status } from '../../schemas/status.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { ApiDeps } from '../http/deps.ts';
import type { RecorderHealth } from '../http/ports.ts';
import { isoOrNull, unknownSourcesOf } from '../http/wire.ts';
import { problemAnswer } from './coded-answer.ts';
import { problemsDetail } from './problem-words.ts';

function part({ isOk, problem }: PartHealth): PartStatus {
  return partOf(isOk, problem === null ? [] : [problem]);
}

/** A part whose only problem is the message of what failed. */
function failurePart({ isOk, detail }: { isOk: boolean; detail: string | null }): PartStatus {
  return partOf(isOk, detail === null ? [] : [{ code: 'failed', values: { reason: detail } }]);
}

function partOf(ok: boolean, found: readonly PartProblem[]): PartStatus {
  const problems = found.map(problemAnswer);
  return { ok, detail: problemsDetail(problems), problems };
}

function homeAssistantProblem(status: ConnectionStatus, refused: string | null): PartProblem | null {
  switch (status.kind) {
    case 'connected':
      return null;
    case 'not_configured':
      return refused === null
        ? { code: 'home_assistant_not_set', values: {} }
        : { code: 'failed', values: { reason: refused } };
    case 'connecting':
      return status.error === null
        ? { code: 'home_assistant_connecting', values: {} }
        : { code: 'home_assistant_silent', values: { reason: status.error } };
    case 'refused':
      return { code: 'token_refused', values: { reason: status.error } };
  }
}

function discoveryPart({ home, homeAssistant }: ApiDeps): Status['discovery'] {
  const missing = home.missing().map((statistic) => statistic.statisticId);
  const isWaiting = home.discoveredAtUs() === null && homeAssistant.status().kind === 'connected';
  const unknown = unknownSourcesOf(home);
  // A source that the user chose not to record is no fault, though the balance lacks it.
  const lost = unknown.filter(({ reason }) => reason !== 'not_tracked');
  const lostIds = lost.map((source) => source.statistic_id);
  const problems: PartProblem[] = [];
  if (missing.length > 0) problems.push({ code: 'statistics_missing', values: { statisticIds: missing } });
  if (lost.length > 0) problems.push({ code: 'sources_unknown', values: { statisticIds: lostIds } });
  if (isWaiting) problems.push({ code: 'entities_not_read', values: {} });
  return {
    ...partOf(problems.length === 0, problems),
    entities_found: home.entities().filter((entity) => entity.isActive).length,
    missing,
    unknown_sources: unknown,
    last_run_at: isoOrNull(home.discoveredAtUs()),
  };
}

export function statusOf(deps: ApiDeps): Status {
  const { homeAssistant, recording, ledger, stores, version } = deps;
  const connection = homeAssistant.status();
  const isConnected = connection.kind === 'connected';
  const { recorder, spool } = recording.health();
  const { heartbeat, disk, proof } = recording.watch();
  const parts = {
    questdb: part(stores.questdb()),
    mongodb: part(stores.mongodb()),
    discovery: discoveryPart(deps),
    recorder: recorderPart(deps, recorder),
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
    ledger: ledgerPart(ledger.posting()),
    proof: {
      ...part(proof),
      running: proof.isRunning,
      proven_until: isoOrNull(proof.verifiedUntilUs),
      unproven_hours: proof.unverifiedHours,
    },
    backfill: backfillPart(deps),
    reconciliation: reconciliationPart(deps),
  };
  const isAllWell = isConnected && Object.values(parts).every(({ ok }) => ok);
  const canRecord = isConnected && recorder.canKeep;
  return {
    status: !canRecord ? 'down' : isAllWell ? 'ok' : 'degraded',
    version,
    uptime_seconds: Math.round(process.uptime()),
    home_assistant: {
      ...part({
        isOk: isConnected,
        problem: homeAssistantProblem(connection, deps.homeAssistantRefused),
      }),
      version: isConnected ? connection.version : null,
      connected_since: isConnected ? isoOrNull(connection.sinceUs) : null,
      reconnect_count: homeAssistant.reconnectCount(),
      token_refused: connection.kind === 'refused',
    },
    ...parts,
    // A failed import is shown and does not degrade the whole.
    statistics: statisticsPart(deps),
    memory: { rss_bytes: process.memoryUsage.rss() },
  };
}

function recorderPart({ home }: ApiDeps, recorder: RecorderHealth): Status['recorder'] {
  const { lastRejection: last } = recorder;
  return {
    ...part(recorder),
    entities_tracked: home.recorded().length,
    last_reading_at: isoOrNull(recorder.lastReadingAtUs),
    readings_received: recorder.received,
    readings_stored: recorder.stored,
    write_errors: recorder.writeErrors,
    rejected: { ...recorder.rejected },
    last_rejection:
      last === null
        ? null
        : {
            entity_id: last.entityId,
            reason: last.reason,
            state: last.state,
            timestamp: isoFromInstant(last.atUs),
          },
    queue_length: recorder.queueLength,
    queue_limit: recorder.queueLimit,
  };
}

function ledgerPart({ error, ...posting }: PostingHealth): Status['ledger'] {
  return {
    ...part({
      isOk: error === null,
      problem: error === null ? null : { code: 'posting_failed', values: { reason: error } },
    }),
    meters_waiting: posting.metersWaiting,
    posting_past: posting.isPostingPast,
    last_posted_at: isoOrNull(posting.lastPostedAtUs),
  };
}

function backfillPart({ backfill }: ApiDeps): Status['backfill'] {
  const status = backfill.status();
  return {
    ...part(status),
    running: status.isRunning,
    last_finished_at: isoOrNull(status.lastFinishedAtUs),
  };
}

function statisticsPart({ ledger }: ApiDeps): Status['statistics'] {
  const status = ledger.history.status();
  return {
    ...failurePart(status),
    running: status.run !== null,
    entities_total: status.run?.entitiesTotal ?? 0,
    entities_done: status.run?.entitiesDone ?? 0,
    rows: status.run?.readingsAdded ?? 0,
    last_finished_at: isoOrNull(status.lastFinishedAtUs),
  };
}

function reconciliationPart({ integrity }: ApiDeps): Status['reconciliation'] {
  const status = integrity.reconciler.status();
  const nextUs = Math.min(status.nextHourlyUs, status.nextNightlyUs ?? Number.POSITIVE_INFINITY);
  return {
    ...failurePart(status),
    running: status.run !== null,
    last_finished_at: isoOrNull(status.lastFinishedAtUs),
    next_at: isoOrNull(nextUs),
    open_tickets: openTickets(integrity),
  };
}

function openTickets({ tickets }: ApiDeps['integrity']): number | null {
  const open = tickets.open();
  return open === null ? null : [...open.values()].reduce((sum, count) => sum + count, 0);
}
