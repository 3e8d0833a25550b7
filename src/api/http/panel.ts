/** The built panel: index.html with the ingress path as its base, and files whose names carry a hash. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Hono } from 'hono';
import type { ApiEnv } from './deps.ts';
import { notFound } from './problems.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};

/** Names only: no dot file, no step up. */
const safePath = /^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/;
const hashedName = /-[\w-]{8,}\.\w+$/;

/** `basePath` is sanitised already; both hops of ingress drop the charset, so the page says it itself. */
function withBase(html: string, basePath: string): string {
  const charset = /<meta\s+charset/i.test(html) ? '' : '<meta charset="utf-8">';
  return html.replace(/<head([^>]*)>/i, `<head$1>${charset}<base href="${basePath}/">`);
}

const notBuilt = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Energy Ledger</title></head>
<body><h1>The panel is not built</h1><p>The process runs (<a href="api/status">status</a>, <a href="api/docs">API</a>),
but there is no panel to show: <code>npm run build:panel</code> makes it.</p></body></html>`;

async function fileOf(folder: string, path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(join(folder, path)));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null;
    throw error;
  }
}

export function panelRoutes(panelDir: string) {
  const app = new Hono<ApiEnv>();
  app.get('/', async (c) => {
    const access = c.get('access');
    const basePath = access.kind === 'ingress' ? access.basePath : '';
    const index = await fileOf(panelDir, 'index.html');
    const html = index === null ? notBuilt : new TextDecoder().decode(index);
    c.header('cache-control', 'no-cache');
    return c.html(withBase(html, basePath));
  });
  // Browsers request one by themselves; inside Home Assistant it would not be shown.
  app.get('/favicon.ico', (c) => c.body(null, 204));
  app.get('/*', async (c) => {
    const path = c.req.path.slice(1);
    if (path.startsWith('api/') || !safePath.test(path)) return notFound(c);
    const file = await fileOf(panelDir, path);
    if (file === null) return notFound(c);
    c.header('content-type', types[extname(path)] ?? 'application/octet-stream');
    c.header('cache-control', hashedName.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    return c.body(file);
  });
  return app;
}
