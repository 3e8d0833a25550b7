/**
 * Brings a real Home Assistant for the suite: installed from PyPI and started here, or, when HA_TEST_URL and
 * HA_TEST_TOKEN are set, the one that is up there, in which nothing is changed that the suite did not make.
 */
import type { TestProject } from 'vitest/node';
import { installCore } from './core/install.ts';
import { startInstance } from './core/instance.ts';

export interface Provided {
  readonly url: string;
  readonly token: string;
  /** Whether the suite may restart it and set its energy preferences. */
  readonly isOwn: boolean;
}

declare module 'vitest' {
  interface ProvidedContext {
    homeAssistant: Provided;
  }
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { HA_TEST_URL: url, HA_TEST_TOKEN: token } = process.env;
  if (url !== undefined && url !== '') {
    if (token === undefined || token === '') throw new Error('HA_TEST_URL is set, but not HA_TEST_TOKEN');
    project.provide('homeAssistant', { url, token, isOwn: false });
    return () => Promise.resolve();
  }
  const instance = await startInstance(await installCore(say), say);
  project.provide('homeAssistant', { url: instance.url, token: instance.token, isOwn: true });
  return instance.stop;
}
