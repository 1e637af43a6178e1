import { join } from 'node:path';
import { chromiumLaunchOptions } from '@oneclick/stack/find-chromium';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { emulateMedia } from './src/gallery/emulate-media.ts';
import { mockServiceWorker } from './src/gallery/mock-service-worker.ts';

const BROWSER_TESTS = 'src/**/*.browser.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        extends: './vite.config.ts',
        test: {
          name: 'dom',
          environment: 'happy-dom',
          // Styles that are imported as text. The others are empty.
          css: { include: [/\.css\?/] },
          restoreMocks: true,
          testTimeout: 30_000,
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [BROWSER_TESTS],
        },
      },
      {
        extends: './vite.config.ts',
        plugins: [mockServiceWorker()],
        // The next free port, if another checkout is being tested.
        server: { strictPort: false },
        test: {
          name: 'browser',
          // After the other tests: pages that wait for a busy processor look like pages that hang.
          sequence: { groupOrder: 1 },
          restoreMocks: true,
          testTimeout: 30_000,
          include: [BROWSER_TESTS],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            commands: { emulateMedia },
            provider: playwright({
              launchOptions: chromiumLaunchOptions(),
              // On every machine, so that the dates in the screenshots are the same.
              contextOptions: { timezoneId: 'UTC' },
            }),
            expect: {
              toMatchScreenshot: {
                // The threshold is a share of the greatest difference of two colours: the default overlooks another
                // shade of green. A graphics card draws up to 21 pixels of the round corners otherwise than software
                // does, and a text or a box that moves by one pixel changes more than 50.
                comparatorOptions: { threshold: 0.02, allowedMismatchedPixels: 50 },
                // One picture for all systems: see screenshots.browser.test.ts.
                resolveScreenshotPath: ({ root, testFileDirectory, arg, ext }) =>
                  join(root, testFileDirectory, 'screenshots', arg + ext),
              },
            },
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
