import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findFirefox } from './find-firefox.ts';

test('finds the one on PATH, and says so if there is none', () => {
  const root = mkdtempSync(join(tmpdir(), 'firefox-'));
  const find = () => findFirefox({ environment: { PATH: root }, platform: 'linux' });
  expect(find()).toBeUndefined();
  writeFileSync(join(root, 'firefox-esr'), '', { mode: 0o755 });
  expect(find()).toBe(join(root, 'firefox-esr'));
});
