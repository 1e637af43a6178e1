import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import type { Page, Request } from '@playwright/test';
import { inWorkspace } from '@oneclick/stack/workspace';
import { firstLoad } from './measure/first-load.ts';
import { expect, type System, test } from './system.ts';

/* Limits for the compressed size (brotli) of what a browser loads. */

const dist = inWorkspace('apps/web/dist');

type WeighedFile = readonly [path: string, size: number];

/** Opens the app as a visitor. Returns the compressed size of the page and of each script that it loads, in their order. */
async function filesOfFirstVisit(page: Page, { origins }: System): Promise<WeighedFile[]> {
  const requests: Request[] = [];
  page.on('request', (request) => {
    if (['document', 'script', 'stylesheet'].includes(request.resourceType())) requests.push(request);
  });
  await page.goto(origins.web);
  // React takes over when its script and the texts have loaded.
  await page.locator('#root:not([data-screen])').waitFor();
  return Promise.all(
    requests.map(async (request) => {
      const response = await request.response();
      return [
        new URL(request.url()).pathname,
        brotliCompressSync((await response?.body()) ?? '').length,
      ] as const;
    }),
  );
}

const sum = (files: WeighedFile[]) => files.reduce((total, [, size]) => total + size, 0);

test('the first visit loads at most 74 KB', async ({ page, system }) => {
  expect(sum(await filesOfFirstVisit(page, system))).toBeLessThanOrEqual(74 * 1024);
});

test('the button signs in after at most 14 KB: the page with its first screen, and the script without React', async ({
  page,
  system,
}) => {
  const files = await filesOfFirstVisit(page, system);
  expect(files.map(([path]) => path.replace(/-[\w-]{8}\.js$/, ''))).toEqual([
    '/',
    '/assets/index',
    '/assets/hydrate-app',
    '/assets/en',
  ]);
  expect(sum(files.slice(0, 2))).toBeLessThanOrEqual(14 * 1024);
});

test('the lines that ask for the session before any file has loaded are at most 1 KB', () => {
  const [, early = ''] = /<script>(.+?)<\/script>/s.exec(readFileSync(`${dist}/index.html`, 'utf8')) ?? [];
  expect(early).toContain('/api/oauth/session');
  expect(brotliCompressSync(early).length).toBeLessThanOrEqual(1024);
});

test('each page of the sign-in window is one file of at most 4 KB', () => {
  const { pages } = firstLoad(dist, ['oauth/callback.html', 'oauth/opening.html']);
  for (const [, weight] of pages) {
    expect(weight).toEqual({ html: expect.any(Number) });
    expect(weight['html']).toBeLessThanOrEqual(4_096);
  }
});
