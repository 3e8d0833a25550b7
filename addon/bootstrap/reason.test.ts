/**
 * Goal: a newcomer whose download failed reads why in a few words.
 * Method: what the programs really printed when their network was taken away (addresses shortened), and random text.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonIn } from './reason.mjs';

const refused = 'the connection was refused (by the server, or by a proxy that is set)';
const offline = 'the address of the server was not found (is this machine online?)';

describe('why a program failed', () => {
  it.each([
    [
      'apt, where the lists are here',
      'Err:1 http://debian.example/debian bookworm/main amd64 maven all 3.8.7-1\n  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)\nE: Failed to fetch http://debian.example/maven.deb  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)\nE: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?',
      refused,
    ],
    [
      'apt, where not even the lists came',
      'W: Failed to fetch http://debian.example/InRelease  Temporary failure resolving debian.example\nW: Some index files failed to download. They have been ignored, or old ones used instead.\nReading package lists...\nE: Unable to locate package maven',
      offline,
    ],
    [
      'npm 9',
      'npm ERR! code ECONNREFUSED\nnpm ERR! syscall connect\nnpm ERR! errno ECONNREFUSED\nnpm ERR! FetchError: request to https://npm.example/zod failed, reason: connect ECONNREFUSED 127.0.0.1:9\n\nnpm ERR! A complete log of this run can be found in:\nnpm ERR!     /root/.npm/_logs/debug-0.log',
      refused,
    ],
    [
      'npm 11',
      'npm error code ENOTFOUND\nnpm error network request to https://npm.example/zod failed, reason: getaddrinfo ENOTFOUND npm.example\nnpm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log',
      offline,
    ],
    [
      'Maven',
      '[INFO] BUILD FAILURE\n[ERROR] Plugin maven-dependency-plugin:3.8.1 or one of its dependencies could not be resolved: Connect to 127.0.0.1:9 failed: Connection refused (Connection refused) -> [Help 1]\n[ERROR] \n[ERROR] Re-run Maven using the -X switch to enable full debug logging.',
      refused,
    ],
    [
      'Go',
      'go: golang.example/toolchain@v0.0.1: Get "http://127.0.0.1:9/@v/v0.0.1.info": dial tcp 127.0.0.1:9: connect: connection refused',
      refused,
    ],
    [
      'uv, by its last cause',
      'error: Failed to fetch: https://pypi.example/simple/pillow/\n  cause: client error (Connect)\n  cause: invalid peer certificate: UnknownIssuer\n\nhint: Consider enabling system certificates',
      'the certificate of the other side is not trusted here',
    ],
    [
      'pip',
      "WARNING: Retrying (Retry(total=0)) after connection broken by 'ProxyError('Cannot connect to proxy.', NewConnectionError('[Errno 111] Connection refused'))': /simple/uv/\nERROR: Could not find a version that satisfies the requirement uv==0.13.8 (from versions: none)\nERROR: No matching distribution found for uv==0.13.8",
      refused,
    ],
    ['a full disk', 'write /root/go/pkg: no space left on device', 'the disk is full'],
    ['a compiler', 'main.go:3:1: syntax error\nerror: it is over', 'it is over'],
    ['nothing', '', 'it did not say why'],
  ])('is read from what %s prints', (_who, output, reason) => {
    expect(reasonIn(output)).toBe(reason);
  });

  it('is a few words in one line, whatever was printed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (output) => {
        const reason = reasonIn(output);
        expect(reason.length).toBeGreaterThan(0);
        expect(reason.length).toBeLessThanOrEqual(200);
        expect(reason).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
