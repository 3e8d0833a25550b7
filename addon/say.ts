/** Where installing, starting and supervising tell a person what goes on: one sentence a call. */
export type Say = (line: string) => void;
