import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const limitBytes = 4 * 1024 * 1024;

/** The output of a program, in a file of 4 MB at most and one older one beside it (`….1`). */
export class LogFile {
  readonly path: string;
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
  }

  open(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    this.#bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /**
   * Synchronous, so that the last lines before an exit are written too; the amounts are small. Lines that a full disk
   * refuses are dropped: logging must not end the program.
   */
  append(text: string | Uint8Array): void {
    try {
      if (this.#bytes > limitBytes) {
        renameSync(this.path, `${this.path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.path, text);
      this.#bytes += text.length;
    } catch (error) {
      if (!isDiskFault(error)) throw error;
    }
  }

  /** Its last lines, for a person who wants to know what went wrong. */
  lastLines(count: number): string {
    try {
      return readFileSync(this.path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
    } catch {
      return '';
    }
  }
}

function isDiskFault(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'].includes(String(error.code))
  );
}
