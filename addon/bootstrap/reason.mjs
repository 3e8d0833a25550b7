/** Why a program failed, in a few words out of the many lines that it printed. */

/** What the programs that fetch things print when they can't, and what it means. @type {readonly [RegExp, string][]} */
const meanings = [
  [/ENOSPC|no space left on device/i, 'the disk is full'],
  [
    /certificate|x509|PKIX|UNABLE_TO_(?:GET|VERIFY)|self[- ]signed/i,
    'the certificate of the other side is not trusted here',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|name resolution|could not resolve|temporary failure resolving|no such host|name or service not known|unknown ?host|dns error|failed to lookup/i,
    'the address of the server was not found (is this machine online?)',
  ],
  [
    /ECONNREFUSED|connection refused/i,
    'the connection was refused (by the server, or by a proxy that is set)',
  ],
  [/ENETUNREACH|EHOSTUNREACH|network is unreachable|no route to host/i, 'there is no way to the server'],
  [/ECONNRESET|connection reset|connection aborted|socket hang up/i, 'the connection was cut'],
  [/ETIMEDOUT|timed out|TimeoutError|i\/o timeout|deadline exceeded/i, 'there was no answer in time'],
  [/\b407\b|proxy authentication required/i, 'the proxy wants a name and a password'],
  [/EACCES|permission denied/i, 'a file or folder may not be written'],
  [/could not get lock|unable to acquire the dpkg/i, 'another program is installing packages right now'],
];

/** How the programs begin a line that reports a fault. */
const fault = /^(?:npm (?:error|ERR!)|\[ERROR\]|E:|ERROR:?|error:|go:|fatal:|W: Failed)\s*/;
/** Those that only say where the log is or that there was a fault. */
const empty =
  /complete log|^npm (?:error|ERR!) (?:code|errno|syscall|path)\b|^npm (?:error|ERR!)\s*$|re-run Maven|\[Help 1\]$|^\[ERROR\]\s*$/;
const mostCharacters = 200;

/**
 * @param {string} output what the program printed, on both streams
 * @returns {string} a few words that follow a colon
 */
export function reasonIn(output) {
  const lines = output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  for (const line of lines.toReversed()) {
    if (!fault.test(line) && !/warn|retry|cause|fail|could not|error|no space/i.test(line)) continue;
    const meaning = meanings.find(([pattern]) => pattern.test(line))?.[1];
    if (meaning !== undefined) return meaning;
  }
  const telling = lines.find((line) => fault.test(line) && !empty.test(line));
  return (telling ?? lines.at(-1) ?? '').replace(fault, '').slice(0, mostCharacters) || 'it did not say why';
}
