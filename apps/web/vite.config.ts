import react from '@vitejs/plugin-react';
import type { Connect, Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { headersFor } from './headers.ts';

const port = Number(process.env.WEB_PORT ?? 5173);
const apiTarget = process.env.API_PROXY_TARGET ?? 'http://127.0.0.1:3000';

/** What is the API's. The last two are the server-side flow; the popup's `/oauth/callback.html` is ours. */
const API_PATHS = String.raw`^/(?:api/|auth/oauth/|oauth/callback(?:\?|$))`;

/** One name for the app on this machine: the redirect URI and the cookies belong to `localhost`. */
const oneName: Connect.NextHandleFunction = (request, response, next) => {
  if (request.headers.host === `127.0.0.1:${port}` && request.headers.accept?.includes('text/html')) {
    response.writeHead(302, { Location: `http://localhost:${port}${request.url ?? '/'}` }).end();
  } else next();
};

const headers = (): Plugin => ({
  name: 'headers',
  configureServer(server) {
    server.middlewares.use(oneName);
    // The development server needs inline scripts, so it goes without the Content-Security-Policy.
    server.middlewares.use((request, response, next) => {
      const { 'Cross-Origin-Opener-Policy': opener = '', 'Referrer-Policy': referrer = '' } = headersFor(
        request.url ?? '/',
      );
      if (opener) response.setHeader('Cross-Origin-Opener-Policy', opener);
      if (referrer) response.setHeader('Referrer-Policy', referrer);
      next();
    });
  },
  configurePreviewServer(server) {
    server.middlewares.use(oneName);
    server.middlewares.use((request, response, next) => {
      if (!new RegExp(API_PATHS).test(request.url ?? '/')) {
        for (const [name, value] of Object.entries(headersFor(request.url ?? '/'))) {
          response.setHeader(name, value);
        }
      }
      next();
    });
  },
});

/** The browser sees one origin: what is the API's goes on to the API. */
const proxy = { [API_PATHS]: { target: apiTarget } };

const listen = { host: '127.0.0.1', port, strictPort: true, proxy };

export default defineConfig({
  // No fallback to index.html: the callback page is a page of its own, and a wrong path is a 404.
  appType: 'mpa',
  plugins: [react(), headers()],
  server: listen,
  preview: listen,
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'oauth/callback.html', 'oauth/opening.html'] },
  },
  test: { environment: 'happy-dom', restoreMocks: true },
});
