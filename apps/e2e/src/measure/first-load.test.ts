import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { firstLoad } from './first-load.ts';

function size(text: string): number {
  return brotliCompressSync(text).length;
}

test('firstLoad counts each file of this origin that the markup names once', () => {
  const dist = mkdtempSync(join(tmpdir(), 'dist-'));
  const page = `<link rel="icon" href="/logo.svg">
    <link crossorigin rel="modulepreload" href="/assets/shared.js">
    <link rel="modulepreload" href="/assets/shared.js">
    <link rel="stylesheet" href="../assets/style.css">
    <script type="module" crossorigin src="/assets/callback.js"></script>
    <script>inline()</script>
    <script src="https://elsewhere.example/analytics.js"></script>`;
  const files = {
    'shared.js': 'let shared',
    'callback.js': 'let callback',
    'style.css': 'a{}',
    'later.js': 'let later',
  };
  mkdirSync(join(dist, 'assets'));
  mkdirSync(join(dist, 'oauth'));
  writeFileSync(join(dist, 'oauth/callback.html'), page);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dist, 'assets', name), text);

  expect(firstLoad(dist, ['oauth/callback.html'])).toEqual({
    pages: new Map([
      [
        'oauth/callback.html',
        {
          html: size(page),
          js: size(files['shared.js']) + size(files['callback.js']),
          css: size(files['style.css']),
        },
      ],
    ]),
    rest: { js: size(files['later.js']) },
  });
});
