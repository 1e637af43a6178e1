import { chromiumLaunchOptions } from '@oneclick/stack/find-chromium';

export const launchOptions = chromiumLaunchOptions();

// Playwright's workers inherit the path, so that only the main process looks for Chromium.
const { executablePath } = launchOptions;
if (executablePath !== undefined) process.env['PLAYWRIGHT_CHROMIUM_EXECUTABLE'] = executablePath;
