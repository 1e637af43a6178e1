// @vitest-environment node
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import { deploymentPlugin } from './deployment-plugin.ts';

test('the build of an app outside the working folder is completed in the folder of the app', async () => {
  const root = mkdtempSync(join(tmpdir(), 'app-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'index.html'), '<p>app</p>');
  await build({ root, configFile: false, logLevel: 'silent', plugins: [deploymentPlugin()] });
  const written = ['dist/index.html.br', 'dist/index.html.gz', 'dist-headers/configure.mjs'];
  expect(written.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
