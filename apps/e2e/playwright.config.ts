import { chromium, defineConfig } from '@playwright/test';
import { createRequire } from 'node:module';
import { findChromium } from '@oneclick/stack/find-chromium';

// Once, in the main process: the workers inherit it.
process.env['PLAYWRIGHT_CHROMIUM_EXECUTABLE'] = findChromium({
  downloadedExecutable: chromium.executablePath(),
  playwrightCli: createRequire(import.meta.url).resolve('@playwright/test/cli'),
});

export default defineConfig({
  testDir: 'src',
  testMatch: '*.test.ts',
  // Each worker starts a whole system of its own.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'test-report.json' }]],
  use: {
    browserName: 'chromium',
    locale: 'en-US',
    launchOptions: {
      executablePath: process.env['PLAYWRIGHT_CHROMIUM_EXECUTABLE'],
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    },
  },
});
