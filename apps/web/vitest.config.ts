import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromiumLaunchOptions } from '@oneclick/stack/find-chromium';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { emulateMedia } from './src/gallery/emulate-media.ts';

const { resolve } = createRequire(import.meta.url);

/** Serves msw's service worker to the tests. In `public` it would become part of the app. */
const mockServiceWorker = (): Plugin => ({
  name: 'mock-service-worker',
  configureServer({ middlewares }) {
    middlewares.use('/mockServiceWorker.js', (_request, response) => {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(readFileSync(resolve('msw/mockServiceWorker.js')));
    });
  },
});

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
