/**
 * Goal: the websocket is found however people write the address of their Home Assistant, or an error says what is
 * wrong.
 * Method: the ways in use, one by one.
 */
import { describe, expect, it } from 'vitest';
import { endpointFromUrl } from './endpoint.ts';

describe('endpointFromUrl', () => {
  it.each([
    ['http://homeassistant.local:8123', 'ws://homeassistant.local:8123/api/websocket'],
    ['http://homeassistant.local:8123/', 'ws://homeassistant.local:8123/api/websocket'],
    ['https://home.example.org', 'wss://home.example.org/api/websocket'],
    ['https://example.org/house/', 'wss://example.org/house/api/websocket'],
    ['homeassistant.local:8123', 'ws://homeassistant.local:8123/api/websocket'],
    ['192.168.1.10', 'ws://192.168.1.10/api/websocket'],
    ['[fd00::1]:8123', 'ws://[fd00::1]:8123/api/websocket'],
    ['  http://ha:8123/api/websocket ', 'ws://ha:8123/api/websocket'],
    ['wss://home.example.org/api/websocket', 'wss://home.example.org/api/websocket'],
    ['ws://supervisor/core/websocket', 'ws://supervisor/core/websocket'],
    ['http://ha:8123/lovelace?kiosk#top', 'ws://ha:8123/lovelace/api/websocket'],
  ])('%s is %s', (text, websocketUrl) => {
    expect(endpointFromUrl(text)).toEqual({ kind: 'endpoint', websocketUrl });
  });

  it.each([
    ['', /empty/],
    ['ftp://ha', /http:\/\/ or https:\/\//],
    ['http://', /not an address/],
    ['http://ha:99999', /not an address/],
    ['http://user:secret@ha:8123', /access token/],
  ])('%s is refused', (text, error) => {
    expect(endpointFromUrl(text)).toMatchObject({ kind: 'invalid', error: expect.stringMatching(error) });
  });

  it('does not repeat a password in its error', () => {
    expect(JSON.stringify(endpointFromUrl('http://user:secret@ha:8123'))).not.toContain('secret');
  });
});
