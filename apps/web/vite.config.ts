import react from '@vitejs/plugin-react';
import { type Connect, defineConfig, type Plugin } from 'vite';
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

/**
 * The screens are a script of their own beside the core, in the sources and in the build: it is fetched at the same
 * time, and the core does not wait for it.
 */
const screens = (): Plugin => ({
  name: 'screens',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle, filename }) {
      if (!filename.endsWith('index.html')) return [];
      const built = Object.values(bundle ?? {}).find(
        (chunk) => chunk.type === 'chunk' && chunk.isEntry && chunk.name === 'screens',
      );
      const src = built ? `/${built.fileName}` : '/src/screens.tsx';
      return [{ tag: 'script', attrs: { type: 'module', src }, injectTo: 'head' }];
    },
  },
});

/**
 * `--mode window` builds the two pages of the sign-in window, apart from the app: each is a page with one script,
 * and neither waits for anything that the other or the app needs.
 */
export default defineConfig(({ mode }) => ({
  // No fallback to index.html: the callback page is a page of its own, and a wrong path is a 404.
  appType: 'mpa',
  plugins: [react(), headers(), screens()],
  // All there is to prepare is found at the start, and not in the middle of somebody's sign-in.
  optimizeDeps: { entries: ['index.html', 'oauth/*.html', 'src/screens.tsx'] },
  server: listen,
  preview: listen,
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: mode !== 'window',
    copyPublicDir: mode !== 'window',
    rolldownOptions: {
      input:
        mode === 'window'
          ? ['oauth/callback.html', 'oauth/opening.html']
          : { index: 'index.html', screens: 'src/screens.tsx' },
    },
  },
}));
