import { join } from 'node:path';

/** A Home Assistant Core that the suite can install by itself: the newest that the machine's Python allows is taken. */
export interface CoreVersion {
  readonly core: string;
  /** The interpreters that the requirements were resolved for, and the oldest patch release that Core takes. */
  readonly pythons: readonly { readonly minor: number; readonly leastPatch: number }[];
  /** Every package of its virtual environment, pinned and hashed; made by `uv pip compile --generate-hashes`. */
  readonly requirements: string;
}

const requirementsOf = (core: string): string => join(import.meta.dirname, `requirements-${core}.txt`);

/** Newest first. 2024.3.3 is the last but one that runs on Debian 12's Python, and has the old form of the preferences. */
export const coreVersions: readonly CoreVersion[] = [
  {
    core: '2026.11.0',
    pythons: [{ minor: 14, leastPatch: 2 }],
    requirements: requirementsOf('2026.11.0'),
  },
  {
    core: '2024.3.3',
    pythons: [{ minor: 11, leastPatch: 0 }],
    requirements: requirementsOf('2024.3.3'),
  },
];
