import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';

const askLimitMs = 2000;

/** Whether QuestDB answers a query over HTTP. */
export async function answersHttp(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/exec?query=select%201`, { signal: AbortSignal.timeout(askLimitMs) });
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
