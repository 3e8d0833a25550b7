import { dirname } from 'node:path';
import type { Equivalent } from './equivalents.ts';
import type { Mutant } from './mutants.ts';

export interface Verdict {
  readonly file: string;
  readonly mutant: Mutant;
  readonly isKilled: boolean;
}

export interface Count {
  killed: number;
  equivalent: number;
  survived: number;
}

export interface Report {
  readonly byFile: ReadonlyMap<string, Count>;
  readonly unnamed: readonly Verdict[];
  /** Entries of the list that name no survivor. */
  readonly idle: readonly Equivalent[];
  readonly killedPercent: number;
  readonly isGood: boolean;
}

const requiredPercent = 90;

const names = (entry: Equivalent, { file, mutant }: Verdict): boolean =>
  entry.file === file &&
  entry.code === mutant.code &&
  (entry.change === undefined || entry.change === mutant.change);

/** `wholeFiles`: those whose every mutant was tried, so that an entry for them must name a survivor. */
export function report(
  verdicts: readonly Verdict[],
  equivalents: readonly Equivalent[],
  wholeFiles: readonly string[],
): Report {
  const byFile = new Map<string, Count>();
  const unnamed: Verdict[] = [];
  const used = new Set<Equivalent>();
  for (const verdict of verdicts) {
    const count = byFile.get(verdict.file) ?? { killed: 0, equivalent: 0, survived: 0 };
    byFile.set(verdict.file, count);
    const entries = equivalents.filter((entry) => names(entry, verdict));
    if (verdict.isKilled) count.killed++;
    else if (entries.length === 0) {
      count.survived++;
      unnamed.push(verdict);
    } else {
      count.equivalent++;
      for (const entry of entries) used.add(entry);
    }
  }
  const idle = equivalents.filter((entry) => wholeFiles.includes(entry.file) && !used.has(entry));
  const killed = verdicts.filter(({ isKilled }) => isKilled).length;
  const killedPercent = verdicts.length === 0 ? 100 : (100 * killed) / verdicts.length;
  const isGood = killedPercent >= requiredPercent && unnamed.length === 0 && idle.length === 0;
  return { byFile, unnamed, idle, killedPercent, isGood };
}

/** The lines to print: every file, every folder, what is not named, and the sum. */
export function describeReport({ byFile, unnamed, idle, killedPercent, isGood }: Report): string[] {
  const folders = new Map<string, Count>();
  for (const [file, count] of byFile) {
    const folder = file.split('/').slice(0, 2).join('/');
    const sum = folders.get(folder) ?? { killed: 0, equivalent: 0, survived: 0 };
    folders.set(folder, sum);
    sum.killed += count.killed;
    sum.equivalent += count.equivalent;
    sum.survived += count.survived;
  }
  const line = ([name, { killed, equivalent, survived }]: [string, Count]): string =>
    `${name}: ${killed} killed, ${equivalent} equivalent, ${survived} survived`;
  return [
    ...[...byFile].sort(([a], [b]) => dirname(a).localeCompare(dirname(b)) || a.localeCompare(b)).map(line),
    '',
    ...[...folders].map(line),
    ...unnamed.map(
      ({ file, mutant }) => `survived: ${file}:${mutant.line}  ${mutant.change}   ${mutant.code}`,
    ),
    ...idle.map(({ file, code }) => `names no survivor: ${file}  ${code}`),
    `${isGood ? '✔' : '✘'} ${killedPercent.toFixed(1)} % killed, ${requiredPercent} % are required`,
  ];
}
