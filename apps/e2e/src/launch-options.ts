import { chromium, type LaunchOptions } from '@playwright/test';
import { createRequire } from 'node:module';
import { findChromium } from '@oneclick/stack/find-chromium';

// Looked for once, in the main process: its workers inherit the answer.
process.env['PLAYWRIGHT_CHROMIUM_EXECUTABLE'] = findChromium({
  downloadedExecutable: chromium.executablePath(),
  playwrightCli: createRequire(import.meta.url).resolve('@playwright/test/cli'),
});

/** How Chromium is started, in a container and by root too. */
export const launchOptions: LaunchOptions = {
  executablePath: process.env['PLAYWRIGHT_CHROMIUM_EXECUTABLE'],
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
};
