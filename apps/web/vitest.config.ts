import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findChromium } from '@oneclick/stack/find-chromium';
import { playwright } from '@vitest/browser-playwright';
import { chromium } from 'playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { emulateMedia } from './src/gallery/emulate-media.ts';

const { resolve } = createRequire(import.meta.url);

/** msw's service worker, for the tests alone: in `public` it would become part of the app. */
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
          restoreMocks: true,
          testTimeout: 30_000,
          include: [BROWSER_TESTS],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            commands: { emulateMedia },
            provider: playwright({
              launchOptions: {
                executablePath: findChromium({
                  downloadedExecutable: chromium.executablePath(),
                  // Its exports do not name it.
                  playwrightCli: join(dirname(resolve('playwright/package.json')), 'cli.js'),
                }),
                args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
              },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
