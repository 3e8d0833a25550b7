import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';

const askLimitMs = 2000;

/** An address that holds user:password as fetch takes it: fetch refuses them there, so they go as a header. */
export function forFetch(address: string): {
  readonly url: string;
  readonly headers: Record<string, string>;
} {
  const url = new URL(address);
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  return { url: url.href, headers: credentials === ':' ? {} : headers };
}

/** Whether QuestDB answers a query over HTTP. `address` may hold user:password. */
export async function answersHttp(address: string): Promise<boolean> {
  try {
    const { url, headers } = forFetch(`${address}/exec?query=select%201`);
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(askLimitMs) });
    return answer.ok && (await answer.text()).includes('"dataset":[[1]]');
  } catch {
    return false;
  }
}

/** Whether something speaks PostgreSQL's protocol there: it is asked for TLS and must say yes or no. */
export async function answersPostgres(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: askLimitMs });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(Uint8Array.of(0, 0, 0, 8, 4, 210, 22, 47)));
    socket.once('data', (data) => settle(data[0] === 0x4e || data[0] === 0x53));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

/** Whether the document server answers a MongoDB ping. */
export async function answersDocuments(program: string, port: number): Promise<boolean> {
  return promisify(execFile)(program, ['-ping', '-listen', `127.0.0.1:${port}`], {
    timeout: askLimitMs * 2,
  }).then(
    () => true,
    () => false,
  );
}
