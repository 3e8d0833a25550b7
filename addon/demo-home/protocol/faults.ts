/** The faults that can be switched on, shared by the server and its connections. */
export interface Faults {
  /** Answers and pings as ever, but no events. */
  isSilent: boolean;
  /** Reads nothing and sends nothing while the sockets stay open. */
  isHalfOpen: boolean;
  /** Answers come this much later. */
  answerDelayMs: number;
  /** Commands that begin so are unknown, as while Core still loads its integrations. */
  notReady: readonly string[];
  /** New connections: `reset` cuts the socket, `502` is the Supervisor's answer while Core is not up. */
  refusing: 'no' | 'reset' | '502';
  isTokenRevoked: boolean;
}

export function noFaults(): Faults {
  return {
    isSilent: false,
    isHalfOpen: false,
    answerDelayMs: 0,
    notReady: [],
    refusing: 'no',
    isTokenRevoked: false,
  };
}
