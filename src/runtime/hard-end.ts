/** An end of this process that does not rest on the process itself. */
import { spawn } from 'node:child_process';
import type { Log } from './log.ts';

/**
 * `cat` ends with our end of its pipe, that is with this process, however it ends. When it has not by then, the process
 * still lives, so that its pid is nobody else's.
 */
const watch = 'timeout "$1" cat >/dev/null; [ "$?" -ne 124 ] || kill -KILL "$2"';

/**
 * Has this process killed when it still lives after `withinMs`. `process.exit` waits for V8's threads, and those may wait
 * for it in turn (nodejs/node#54918): a timer of ours would not fire then, and nobody would start the process again.
 *
 * A system where the watcher can't be started gets a line in the log, and the end goes on without it.
 */
export function endAtLatest(withinMs: number, log: Log): void {
  const fail = (error: unknown): void =>
    log.warn({ err: error }, 'Nobody watches whether the process really ends');
  try {
    const seconds = String(withinMs / 1000);
    const watcher = spawn('/bin/sh', ['-c', watch, 'hard-end', seconds, String(process.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    watcher.on('error', fail);
    watcher.stdin.on('error', () => undefined);
    watcher.unref();
  } catch (error) {
    fail(error);
  }
}
