import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { inWorkspace } from '@oneclick/stack/workspace';
import { expect, test } from '@playwright/test';
import { firstLoad } from './measure/first-load.ts';

/* Limits for the compressed size (brotli) of the built pages. */

const dist = inWorkspace('apps/web/dist');
const { pages } = firstLoad(dist, ['index.html', 'oauth/callback.html']);

test('the first visit loads at most 80 KB', () => {
  const { html = NaN, js = NaN, css = NaN } = pages.get('index.html') ?? {};
  expect(html + js + css).toBeLessThanOrEqual(80_000);
});

test('the script that requests the session before React has loaded is at most 4 KB', () => {
  const [, core = ''] =
    /<script type="module"[^>]* src="([^"]+)"/.exec(readFileSync(`${dist}/index.html`, 'utf8')) ?? [];
  const source = readFileSync(dist + core);
  expect(source.toString()).toContain('/api/oauth/session');
  expect(brotliCompressSync(source).length).toBeLessThanOrEqual(4_096);
});

test('the callback page and its script are at most 3 KB', () => {
  const { html = NaN, js = NaN } = pages.get('oauth/callback.html') ?? {};
  expect(html + js).toBeLessThanOrEqual(3_072);
});
