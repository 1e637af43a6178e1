import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { inWorkspace } from '@oneclick/stack/workspace';
import { expect, test } from '@playwright/test';
import { firstLoad } from './measure/first-load.ts';

/* Limits for the compressed size (brotli) of the built pages. */

const dist = inWorkspace('apps/web/dist');
const { pages } = firstLoad(dist, ['index.html', 'oauth/callback.html', 'oauth/opening.html']);

test('the first visit loads at most 74 KB', () => {
  const { html = NaN, js = NaN, css = NaN } = pages.get('index.html') ?? {};
  expect(html + js + css).toBeLessThanOrEqual(74 * 1024);
});

test('the lines that ask for the session before any file has loaded are at most 1 KB', () => {
  const [, early = ''] = /<script>(.+?)<\/script>/s.exec(readFileSync(`${dist}/index.html`, 'utf8')) ?? [];
  expect(early).toContain('/api/oauth/session');
  expect(brotliCompressSync(early).length).toBeLessThanOrEqual(1024);
});

test('each page of the sign-in window is one file of at most 4 KB', () => {
  for (const page of ['oauth/callback.html', 'oauth/opening.html']) {
    expect(pages.get(page)).toEqual({ html: expect.any(Number) });
    expect(pages.get(page)?.['html']).toBeLessThanOrEqual(4_096);
  }
});
