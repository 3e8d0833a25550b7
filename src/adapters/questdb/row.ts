/** A bound parameter: QuestDB takes an instant as ISO text, see isoFromInstant. */
export type Parameter = string | number;
/** An answered row by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** A column of an answer holds something else than the schema says: the store was changed by another program. */
class RowError extends Error {
  constructor(column: string, expected: string, found: unknown) {
    super(
      `QuestDB answered ${JSON.stringify(found) ?? 'nothing'} in ${column}, where ${expected} was expected`,
    );
    this.name = 'RowError';
  }
}

/** A number of a row. Throws when the column holds none. */
export function numberOf(row: Row, column: string): number {
  const found = row[column];
  if (typeof found !== 'number') throw new RowError(column, 'a number', found);
  return found;
}

/** A number of a row, null where the column is empty. Throws when it holds something else. */
export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : numberOf(row, column);
}

/** A text of a row. Throws when the column holds none. */
export function textOf(row: Row, column: string): string {
  const found = row[column];
  if (typeof found !== 'string') throw new RowError(column, 'a text', found);
  return found;
}

/** A text of a row, null where the column is empty. Throws when it holds something else. */
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

/** One of the words that the column may hold. Throws when it is another. */
export function wordOf<Word extends string>(row: Row, column: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === row[column]);
  if (found === undefined) throw new RowError(column, `one of ${words.join(', ')}`, row[column]);
  return found;
}

/** One of the words that the column may hold, null where it is empty. Throws when it is another. */
export function wordOrNull<Word extends string>(
  row: Row,
  column: string,
  words: readonly Word[],
): Word | null {
  return row[column] === null ? null : wordOf(row, column, words);
}
