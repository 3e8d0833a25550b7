const deadlineMs = 30_000;
const owner = { name: 'Owner', username: 'owner', password: 'energy-ledger-test', language: 'en' };

/** Makes the owner of a new home, and gives an access token that is good for as long as the tests may take (30 minutes). */
export async function onboard(url: string): Promise<string> {
  const clientId = `${url}/`;
  const made = await post(`${url}/api/onboarding/users`, JSON.stringify({ ...owner, client_id: clientId }), {
    'Content-Type': 'application/json',
  });
  const code = textIn(made, 'auth_code');
  const form = new URLSearchParams({ client_id: clientId, grant_type: 'authorization_code', code });
  const tokens = await post(`${url}/auth/token`, form.toString(), {
    'Content-Type': 'application/x-www-form-urlencoded',
  });
  return textIn(tokens, 'access_token');
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers,
    signal: AbortSignal.timeout(deadlineMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}

function textIn(answer: unknown, key: string): string {
  const value =
    typeof answer === 'object' && answer !== null && Object.entries(answer).find(([k]) => k === key)?.[1];
  if (typeof value !== 'string') throw new Error(`Home Assistant's answer has no ${key}`);
  return value;
}
