import { resolve } from 'node:path';
import { defineConfig } from 'vite';

/** Everything relative: the page works under any ingress path, whatever the server puts into <base href>. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: resolve(import.meta.dirname, '../dist/panel'),
    emptyOutDir: true,
    target: ['es2023', 'chrome120', 'firefox121', 'safari17'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    // Inlined constants make the compressed script larger.
    rolldownOptions: { optimization: { inlineConst: false } },
  },
});
