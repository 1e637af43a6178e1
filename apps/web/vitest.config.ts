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
            provider: playwright({ launchOptions: chromiumLaunchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
