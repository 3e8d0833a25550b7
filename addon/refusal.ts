/** What only the user can mend: one sentence instead of a stack trace. */
import { Refusal } from './bootstrap/steps.mjs';

export { Refusal };

/** The work's result; on a Refusal prints its sentence and ends this process with that exit code. */
export async function orEnd<T>(work: Promise<T>, exitCode = 1): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    process.stdout.write(`${cause.message}\n`);
    process.exit(exitCode);
  }
}
