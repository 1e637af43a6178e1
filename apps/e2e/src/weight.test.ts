import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { firstLoad } from '@oneclick/stack/first-load';
import { inWorkspace } from '@oneclick/stack/workspace';
import { expect, test } from '@playwright/test';

/* What the built pages weigh, in brotli, as they are promised. */

const dist = inWorkspace('apps/web/dist');
const { pages } = firstLoad(dist, ['index.html', 'oauth/callback.html']);

test('a first visit fetches no more than 80 KB', () => {
  const { html = NaN, js = NaN, css = NaN } = pages.get('index.html') ?? {};
  expect(html + js + css).toBeLessThanOrEqual(80_000);
});

test('the core, which asks for the session before React is there, has no more than 4 KB', () => {
  const [, core = ''] =
    /<script type="module"[^>]* src="([^"]+)"/.exec(readFileSync(`${dist}/index.html`, 'utf8')) ?? [];
  const source = readFileSync(dist + core);
  expect(source.toString()).toContain('/api/oauth/session');
  expect(brotliCompressSync(source).length).toBeLessThanOrEqual(4_096);
});

test('the callback page has no more than 3 KB with its script', () => {
  const { html = NaN, js = NaN } = pages.get('oauth/callback.html') ?? {};
  expect(html + js).toBeLessThanOrEqual(3_072);
});
