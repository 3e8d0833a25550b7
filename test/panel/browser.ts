/** Chromium for the tests: a browser for each file, a page for each test, and a record of errors. */
import { accessSync } from 'node:fs';
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Frame,
  type Locator,
  type Page,
} from 'playwright-core';
import { inject } from 'vitest';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

function executable(): string {
  for (const path of candidates) {
    if (path === undefined) continue;
    try {
      accessSync(path);
      return path;
    } catch {
      // Tries the next one.
    }
  }
  throw new Error('No Chromium: apt-get install chromium, or say where it is in CHROMIUM');
}

export async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: executable(),
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

interface OpenOptions extends BrowserContextOptions {
  readonly hash?: string;
  readonly user?: 'owner' | 'viewer';
  readonly theme?: 'light' | 'dark' | 'own';
}

export interface Opened {
  readonly page: Page;
  /** The panel, inside the page that stands in for Home Assistant's. */
  readonly panel: Frame;
  /** Errors of the console and of scripts, and requests that left this machine. */
  readonly wrongs: string[];
  close(): Promise<void>;
}

export const phone = { viewport: { width: 390, height: 804 }, hasTouch: true, isMobile: true } as const;

export async function open(browser: Browser, options: OpenOptions = {}): Promise<Opened> {
  const { hash = '', user = 'owner', theme = 'light', ...context } = options;
  const made = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'America/New_York',
    ...context,
  });
  const page = await made.newPage();
  const wrongs: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') wrongs.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => wrongs.push(`script: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') wrongs.push(`outside: ${request.url()}`);
  });
  await page.goto(`${inject('panelUrl')}/?user=${user}&theme=${theme}${hash}`);
  await page.frameLocator('iframe').locator('main h1').first().waitFor();
  const panel = page.frame({ name: 'app' });
  if (panel === null) throw new Error('The page has no frame');
  return { page, panel, wrongs, close: () => made.close() };
}

/** How much wider the page is than its frame, in pixels; 0 without horizontal scrolling. */
export async function overhangPx({ panel }: Pick<Opened, 'panel'>): Promise<number> {
  return await panel.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

/** The text of an element, with normalized white space. */
export async function textOf(locator: Locator): Promise<string> {
  return ((await locator.textContent()) ?? '').replace(/\s+/g, ' ').trim();
}

/** Calls the world's control; see world/control.ts. */
export async function control<T = null>(path: string): Promise<T> {
  const response = await fetch(`${inject('controlUrl')}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** An answer of the API without the panel, to compare with. */
export async function answerOf<T>(path: string): Promise<T> {
  const response = await fetch(`${await control<string>('/app-url')}/${path}`);
  return (await response.json()) as T;
}

/** Waits until a condition is true. */
export async function until(what: string, isTrue: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`Not true within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
