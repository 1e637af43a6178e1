import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

const { resolve } = createRequire(import.meta.url);

/** Serves msw's service worker to the stories. In `public` it would become part of the app. */
export const mockServiceWorker = (): Plugin => ({
  name: 'mock-service-worker',
  configureServer({ middlewares }) {
    middlewares.use('/mockServiceWorker.js', (_request, response) => {
      response.setHeader('Content-Type', 'text/javascript');
      response.end(readFileSync(resolve('msw/mockServiceWorker.js')));
    });
  },
});
