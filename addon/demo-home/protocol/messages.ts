/** Home Assistant's messages as text: written by hand where thousands a second are sent. */

import { contextIdOf } from '../home/entity.ts';
import type { HomeEvent, Past } from '../home/home.ts';
import type { Attributes } from '../recorder/timeline.ts';

const attributesJson = new WeakMap<Attributes, string>();

function jsonOfAttributes(attributes: Attributes): string {
  let json = attributesJson.get(attributes);
  if (json === undefined) {
    json = JSON.stringify(attributes);
    attributesJson.set(attributes, json);
  }
  return json;
}

/** As Python's isoformat in UTC: six digits of the second, or none when they are all zero. */
function isoOf(us: number): string {
  const ms = Math.floor(us / 1000);
  const whole = new Date(ms).toISOString().slice(0, 19);
  const fraction = us - Math.floor(us / 1_000_000) * 1_000_000;
  return fraction === 0 ? `${whole}+00:00` : `${whole}.${String(fraction).padStart(6, '0')}+00:00`;
}

/** Distance between doubles at today's epoch seconds: a quarter of a microsecond. */
const ulp = 2 ** -22;

/**
 * Float seconds. Core sends what its clock gave, which lies beside the whole microsecond: so do these, by up to one
 * step of a double, and a client has to round.
 */
export function secondsOf(us: number): number {
  return us / 1_000_000 + ((us % 3) - 1) * ulp;
}

function contextJson(id: string): string {
  return `{"id":"${id}","parent_id":null,"user_id":null}`;
}

/** A state as in get_states and state_changed. */
export function stateJson({ entityId, change, contextId, reportedUs }: Past): string {
  const updated = isoOf(change.atUs);
  const changed = change.changedUs === change.atUs ? updated : isoOf(change.changedUs);
  const reported = reportedUs === change.atUs ? updated : isoOf(reportedUs);
  return (
    `{"entity_id":"${entityId}","state":${JSON.stringify(change.text)},"attributes":${jsonOfAttributes(change.attributes)},` +
    `"last_changed":"${changed}","last_reported":"${reported}","last_updated":"${updated}","context":${contextJson(contextId)}}`
  );
}

/** `"sensor.x":{…}`: a state as subscribe_entities sends it first; `lu` only when it differs from `lc`. */
export function compressedJson({ entityId, change, contextId }: Past): string {
  const updated = change.changedUs === change.atUs ? '' : `,"lu":${secondsOf(change.atUs)}`;
  return (
    `"${entityId}":{"s":${JSON.stringify(change.text)},"a":${jsonOfAttributes(change.attributes)},` +
    `"c":"${contextId}","lc":${secondsOf(change.changedUs)}${updated}}`
  );
}

/** `{"type":"event","event":…` without the end, to which `,"id":n}` is added for each subscription. */
export function eventHead(event: HomeEvent): string {
  const [type, data, atUs, contextId] =
    event.kind === 'other'
      ? [event.type, JSON.stringify(event.data), event.atUs, contextIdOf(event.atUs, event.type)]
      : [
          'state_changed',
          `{"entity_id":"${(event.after ?? event.before)?.entityId}","old_state":${event.before ? stateJson(event.before) : 'null'},"new_state":${event.after ? stateJson(event.after) : 'null'}}`,
          event.after?.change.atUs ?? event.before?.reportedUs ?? 0,
          (event.after ?? event.before)?.contextId ?? '',
        ];
  return (
    `{"type":"event","event":{"event_type":"${type}","data":${data},"origin":"LOCAL",` +
    `"time_fired":"${isoOf(atUs)}","context":${contextJson(contextId)}}`
  );
}

/** The same for subscribe_entities: added, changed or removed, as Core's _state_diff_event. */
export function diffHead(before: Past | null, after: Past | null): string {
  if (after === null) return `{"type":"event","event":{"r":["${before?.entityId}"]}`;
  if (before === null) return `{"type":"event","event":{"a":{${compressedJson(after)}}}`;
  const parts: string[] = [];
  if (before.change.text !== after.change.text) parts.push(`"s":${JSON.stringify(after.change.text)}`);
  if (before.change.changedUs !== after.change.changedUs)
    parts.push(`"lc":${secondsOf(after.change.changedUs)}`);
  else if (before.change.atUs !== after.change.atUs) parts.push(`"lu":${secondsOf(after.change.atUs)}`);
  if (before.contextId !== after.contextId) parts.push(`"c":"${after.contextId}"`);
  let removals = '';
  if (before.change.attributes !== after.change.attributes) {
    const { added, removed } = difference(before.change.attributes, after.change.attributes);
    if (Object.keys(added).length > 0) parts.push(`"a":${JSON.stringify(added)}`);
    if (removed.length > 0) removals = `,"-":{"a":${JSON.stringify(removed)}}`;
  }
  return `{"type":"event","event":{"c":{"${after.entityId}":{"+":{${parts.join(',')}}${removals}}}}`;
}

function difference(before: Attributes, after: Attributes): { added: Attributes; removed: string[] } {
  const isNew = ([key, value]: [string, unknown]) =>
    !(key in before) || JSON.stringify(before[key]) !== JSON.stringify(value);
  return {
    added: Object.fromEntries(Object.entries(after).filter(isNew)),
    removed: Object.keys(before).filter((key) => !(key in after)),
  };
}

export function resultJson(id: number, result: unknown): string {
  return `{"id":${id},"type":"result","success":true,"result":${JSON.stringify(result ?? null)}}`;
}

export function errorJson(id: unknown, code: string, message: string): string {
  return JSON.stringify({ id: id ?? null, type: 'result', success: false, error: { code, message } });
}
