/** How installing, starting and supervising report to a person: one sentence a call. */
export type Say = (line: string) => void;
