import type { Source } from './sources.ts';

/** So many lines in a row that stand in two places are one thing written twice. */
const twinLines = 6;
/** Lines that carry no logic: imports, comments, brackets. */
const emptyWords = /^$|^[\s)}\]({[;,>/]*$|^import |^\} from |^(\/\/|\/\*|\*)|^export \{/;

interface Line {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Places that say the same in six lines or more, each as `file:line = file:line (lines)`. */
export function twinsIn(sources: readonly Source[]): string[] {
  const all = sources.flatMap(({ path, lines }) => [
    ...lines
      .map((text, index): Line => ({ path, line: index + 1, text: text.trim() }))
      .filter(({ text }) => !emptyWords.test(text)),
    // No run of lines goes from one file into the next.
    { path, line: 0, text: `end of ${path}` },
  ]);
  const seen = new Map<string, number>();
  const twins: string[] = [];
  for (let at = 0; at + twinLines <= all.length; at += 1) {
    const key = all
      .slice(at, at + twinLines)
      .map(({ text }) => text)
      .join('\n');
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, at);
      continue;
    }
    let length = twinLines;
    while (before + length < at && all[before + length]?.text === all[at + length]?.text) length += 1;
    const [one, other] = [all[before], all[at]];
    twins.push(`${one?.path}:${one?.line} = ${other?.path}:${other?.line} (${length})`);
    at += length - 1;
  }
  return twins;
}
