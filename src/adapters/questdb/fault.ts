/** QuestDB did not do what was asked, or it is not known whether it did. The cause is the driver's own error. */
export class QuestDbError extends Error {
  override name = 'QuestDbError';

  constructor(what: string, cause: unknown) {
    super(`${what}: ${reasonOf(cause)}`, { cause });
  }
}

/** In words. A refused connection to a name with two addresses comes as an AggregateError without a message. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  return cause.message === '' ? code : cause.message;
}
