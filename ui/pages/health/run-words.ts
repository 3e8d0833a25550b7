/** The result of a run in words. Pure. */
import type { SyncRunRow } from '../../../src/schemas/readings.ts';
import { formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

/** What the run found and changed; null while it is running. */
export function resultText(run: SyncRunRow, t: Texts['health']['runs'], language: string): string | null {
  if (run.status === 'running') return null;
  const count = (value: number) => formatCount(value, language);
  const parts: string[] = [];
  const add = (value: number, words: (count: string, isOne: boolean) => string) => {
    if (value > 0) parts.push(words(count(value), value === 1));
  };
  const { outcome } = run;
  if (outcome !== null) {
    add(outcome.hours_checked, t.checked);
    add(outcome.hours_differing, t.differing);
    add(outcome.holes_found, t.gaps);
  }
  add(run.readings_added, run.kind === 'statistics' ? t.rowsAdded : t.added);
  if (outcome !== null) {
    add(outcome.entries_revised, t.revised);
    add(outcome.tickets_opened, t.tickets);
  }
  return parts.length === 0 ? t.nothing : parts.join(', ');
}
