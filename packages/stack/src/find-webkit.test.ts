import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findWebKit } from './find-webkit.ts';

test('finds WebKit only if all three programs are there', () => {
  const root = mkdtempSync(join(tmpdir(), 'webkit-'));
  const program = (name: string) => {
    writeFileSync(join(root, name), '', { mode: 0o755 });
    return join(root, name);
  };
  const find = () =>
    findWebKit({
      environment: { PATH: root },
      platform: 'linux',
      browserPattern: join(root, 'webkit*/MiniBrowser'),
    });
  mkdirSync(join(root, 'webkit2gtk-4.1'));
  const browser = program('webkit2gtk-4.1/MiniBrowser');
  const driver = program('WebKitWebDriver');
  expect(find()).toBeUndefined();
  const displayServer = program('Xvfb');
  expect(find()).toEqual({ driver, browser, displayServer });
});
