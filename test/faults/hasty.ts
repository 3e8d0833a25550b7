/** What a process is started with in which things that take minutes take seconds; all else of it is as it is. */
import { join } from 'node:path';

export const hasty = { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'hasty-intervals.ts')}` } as const;
