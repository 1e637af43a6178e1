import { defineConfig } from '@playwright/test';
import { launchOptions } from './src/launch-options.ts';

export default defineConfig({
  testDir: 'src',
  testMatch: '*.test.ts',
  // Each worker starts its own system.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['junit', { outputFile: 'test-report.xml' }]],
  use: {
    browserName: 'chromium',
    locale: 'en-US',
    launchOptions,
  },
});
