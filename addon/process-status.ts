/** The part of the process's status that a person waiting for it wants to know. */
type ProcessStatus =
  | { readonly kind: 'silent' }
  | { readonly kind: 'not yet'; readonly reasons: readonly string[] }
  | { readonly kind: 'at work' };

const askLimitMs = 2000;

/** Asks GET /api/status of the process at `url`. */
export async function askProcess(url: string): Promise<ProcessStatus> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(askLimitMs) });
    body = await answer.json();
  } catch {
    return { kind: 'silent' };
  }
  return answer.ok ? { kind: 'at work' } : { kind: 'not yet', reasons: reasonsIn(body) };
}

/** The sentences of the parts that are not well: `{questdb: {ok: false, detail: '…'}}` → ["questdb: …"]. */
export function reasonsIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([part, about]: [string, unknown]) => {
    if (typeof about !== 'object' || about === null || !('ok' in about) || about.ok !== false) return [];
    return [`${part}: ${'detail' in about && typeof about.detail === 'string' ? about.detail : 'not well'}`];
  });
}
