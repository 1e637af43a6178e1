import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATHS, WEB_PATHS } from '@oneclick/shared/paths';
import type { Connect, Plugin, ResolvedConfig } from 'vite';
import { headersFor } from './headers.ts';
import { type BuiltFiles, buildPages, EARLY_SESSION } from './vite/build-pages.ts';

export interface SignInPluginOptions {
  /**
   * Where the development server and the preview server forward the API's paths to.
   * @default 'http://127.0.0.1:3000'
   */
  apiTarget?: string | undefined;
  /**
   * A stylesheet for the two pages of the sign-in window, in place of the package's own. Relative to the root of the
   * app.
   * @example 'src/sign-in-window.css'
   */
  style?: string | undefined;
}

/** The API's paths. `/oauth/callback` is the server-side flow; the app itself serves `/oauth/callback.html`. */
const API_PATHS = String.raw`^(?:/api/|${PATHS.serverSideStart}|${PATHS.serverSideCallback}(?:\?|$))`;

const PACKAGE_FOLDER = fileURLToPath(new URL('.', import.meta.url));

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/**
 * Adds the sign-in to an app that is built with Vite:
 *
 * - the two pages of the sign-in window, `/oauth/callback.html` and `/oauth/opening.html`, in development and in the
 *   build. The app needs no files for them;
 * - the first script of the page, which asks for the session while the app's own script is still loading;
 * - a proxy for the API's paths in development and preview, so that the browser sees one origin;
 * - the response headers of `@oneclick/sign-in/headers`: all of them in preview, those that the sign-in depends on in
 *   development.
 *
 * @example
 * // vite.config.ts
 * import react from '@vitejs/plugin-react';
 * import { signIn } from '@oneclick/sign-in/vite';
 * import { defineConfig } from 'vite';
 *
 * export default defineConfig({ plugins: [react(), signIn()] });
 */
export function signIn({ apiTarget = 'http://127.0.0.1:3000', style }: SignInPluginOptions = {}): Plugin {
  let app: ResolvedConfig;
  let files: Promise<BuiltFiles> | undefined;
  const builtFiles = () => (files ??= buildPages(app, { style }));

  /** Answers with a built file in development. In preview, Vite serves them from the build's folder. */
  const serveBuiltFile = async (path: string, response: ServerResponse): Promise<boolean> => {
    if (!/^\/(?:oauth|assets)\//.test(path)) return false;
    const file = (await builtFiles()).get(path.slice(1));
    if (file === undefined) return false;
    setHeaders(response, { ...headersFor(path), 'Content-Type': CONTENT_TYPES[extname(path)] ?? '' });
    response.end(file);
    return true;
  };

  return {
    name: 'sign-in',
    // A build for the server needs no pages.
    applyToEnvironment: ({ name }) => name === 'client',

    config({ build }) {
      const proxy = { [API_PATHS]: { target: apiTarget } };
      return {
        server: { proxy },
        preview: { proxy },
        // The Content-Security-Policy allows no `data:` address.
        build: { assetsInlineLimit: build?.assetsInlineLimit ?? 0 },
      };
    },

    configResolved(config) {
      if (/^\/./.test(config.base)) {
        throw new Error(`The sign-in needs "base": "/", because its redirect URI is ${WEB_PATHS.callback}.`);
      }
      app = config;
    },

    async buildStart() {
      if (app.command !== 'build') return;
      for (const [fileName, source] of await builtFiles()) {
        this.emitFile({ type: 'asset', fileName, source });
      }
    },

    transformIndexHtml: {
      order: 'post',
      async handler() {
        const built =
          app.command === 'build' &&
          [...(await builtFiles()).keys()].find((name) => name.startsWith('assets/early-session'));
        // In development, the source: a build would delay the page.
        const src = built ? `/${built}` : `/@fs/${EARLY_SESSION.replace(/^\//, '')}`;
        return [{ tag: 'script', attrs: { type: 'module', src }, injectTo: 'head-prepend' }];
      },
    },

    configureServer({ middlewares, watcher }) {
      watcher.add(PACKAGE_FOLDER);
      watcher.on('change', (file) => {
        if (file.startsWith(PACKAGE_FOLDER) || extname(file) === '.css') files = undefined;
      });
      middlewares.use(redirectToLocalhost);
      middlewares.use((request, response, next) => {
        const path = pathOf(request);
        // Vite's own scripts are inline in development: a Content-Security-Policy would stop them.
        const { 'Cross-Origin-Opener-Policy': opener = '', 'Referrer-Policy': referrer = '' } =
          headersFor(path);
        setHeaders(response, { 'Cross-Origin-Opener-Policy': opener, 'Referrer-Policy': referrer });
        serveBuiltFile(path, response).then((isServed) => isServed || next(), next);
      });
    },

    configurePreviewServer({ middlewares }) {
      middlewares.use(redirectToLocalhost);
      middlewares.use((request, response, next) => {
        if (!new RegExp(API_PATHS).test(request.url ?? '/'))
          setHeaders(response, headersFor(pathOf(request)));
        next();
      });
    },
  };
}

/** One name for the app on this machine: the redirect URI and the cookies belong to `localhost`. */
const redirectToLocalhost: Connect.NextHandleFunction = (request, response, next) => {
  const { host = '', accept = '' } = request.headers;
  if (host.startsWith('127.0.0.1:') && accept.includes('text/html')) {
    const origin = `http://${host.replace('127.0.0.1', 'localhost')}`;
    response.writeHead(302, { Location: origin + (request.url ?? '/') }).end();
  } else next();
};

function pathOf({ url = '/' }: Connect.IncomingMessage): string {
  return url.replace(/[?#].*/, '');
}

function setHeaders(response: ServerResponse, headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) if (value) response.setHeader(name, value);
}
