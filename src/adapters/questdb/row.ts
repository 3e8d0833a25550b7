/** A bound parameter: QuestDB takes an instant as ISO text, see isoFromInstant. */
export type Parameter = string | number;
/** An answered row by column name. */
export type Row = Readonly<Record<string, unknown>>;
