import type { EntityState, StateBatch, StateSubscription } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { CompressedStates } from './compressed-states.ts';
import type { Session } from './session.ts';

interface StateSubscriptionDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** Follows the states of these entities over one connection. @see HomeAssistant.subscribeStates */
export async function subscribeStates(
  session: Session,
  entityIds: readonly string[],
  onBatch: (batch: StateBatch) => void,
  deps: StateSubscriptionDeps,
): Promise<StateSubscription> {
  // To Core an empty list means every entity.
  if (entityIds.length === 0) {
    onBatch({ kind: 'snapshot', states: [] });
    return { stop: () => Promise.resolve() };
  }
  const known = new CompressedStates(entityIds);
  let isStopped = false;
  const deliver = (batch: StateBatch) => {
    if (isStopped) return;
    try {
      onBatch(batch);
    } catch (cause) {
      // A batch that was not handled is a gap; a new connection has it found and filled.
      deps.log.error({ err: cause }, 'a batch of states was not taken');
      session.drop('a batch of states was not taken');
    }
  };
  let isSnapshotDue = true;
  let waiting: EntityState[] = [];
  const flush = () => {
    const states = waiting;
    waiting = [];
    if (states.length > 0) deliver({ kind: 'change', states });
  };
  const message = { type: 'subscribe_entities', entity_ids: [...entityIds] };
  const onEvent = (event: unknown) => {
    const states = known.apply(event, deps.clock.nowUs());
    if (isSnapshotDue) {
      isSnapshotDue = false;
      return deliver({ kind: 'snapshot', states });
    }
    // Under load a frame holds many messages: their states are delivered as one batch, before anything else happens.
    if (waiting.length === 0 && states.length > 0) queueMicrotask(flush);
    for (const state of states) waiting.push(state);
  };
  try {
    const subscription = await session.subscribe(message, onEvent);
    return {
      stop: () => {
        isStopped = true;
        return subscription.stop();
      },
    };
  } catch (cause) {
    // The answer may come late, and events with it.
    isStopped = true;
    throw cause;
  }
}
