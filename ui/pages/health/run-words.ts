/** What a run found and changed, in words. Pure. */
import type { SyncRunRow } from '../../../src/schemas/readings.ts';
import { formatCount } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

/** Only what is not nothing; null while it is under way. */
export function resultText(run: SyncRunRow, t: Texts['health']['runs'], language: string): string | null {
  if (run.status === 'running') return null;
  const count = (value: number) => formatCount(value, language);
  const said: string[] = [];
  const say = (value: number, words: (count: string, isOne: boolean) => string) => {
    if (value > 0) said.push(words(count(value), value === 1));
  };
  const { outcome } = run;
  if (outcome !== null) {
    say(outcome.hours_checked, t.checked);
    say(outcome.hours_differing, t.differing);
    say(outcome.holes_found, t.holes);
  }
  say(run.readings_added, run.kind === 'statistics' ? t.rowsAdded : t.added);
  if (outcome !== null) {
    say(outcome.entries_revised, t.revised);
    say(outcome.tickets_opened, t.tickets);
  }
  return said.length === 0 ? t.nothing : said.join(', ');
}
