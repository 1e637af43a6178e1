import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';
import { headersFor } from '../headers.ts';
import { API_PATHS } from './api-proxy-plugin.ts';
import { headerFiles } from './header-files.ts';
import { headerFolder, manifestOfBuild, readManifest } from './header-manifest.ts';

/** Vite's own scripts are inline in development, and a Content-Security-Policy would stop them. */
const DEVELOPMENT_HEADERS = new Set(['Cross-Origin-Opener-Policy', 'Referrer-Policy']);

/**
 * Writes the header files of the build, sends the same headers in preview, and in development those that the sign-in
 * depends on.
 */
export function responseHeadersPlugin(): Plugin {
  let app: ResolvedConfig;
  return {
    name: 'sign-in:response-headers',
    applyToEnvironment: ({ name }) => name === 'client',
    // The Content-Security-Policy allows no `data:` address.
    config: ({ build }) => ({ build: { assetsInlineLimit: build?.assetsInlineLimit ?? 0 } }),
    configResolved: (config) => void (app = config),

    writeBundle: {
      // After the plugins that change the pages.
      order: 'post',
      handler(_, bundle) {
        const folder = headerFolder(app);
        mkdirSync(folder, { recursive: true });
        const manifest = manifestOfBuild(app, Object.keys(bundle));
        for (const [name, text] of headerFiles(manifest)) {
          writeFileSync(join(folder, name), text);
        }
      },
    },

    configureServer({ middlewares }) {
      const manifest = { pages: {}, assets: [] };
      middlewares.use(({ url = '/' }, response, next) => {
        for (const [name, value] of Object.entries(headersFor(url, manifest))) {
          if (DEVELOPMENT_HEADERS.has(name)) response.setHeader(name, value);
        }
        next();
      });
    },

    configurePreviewServer({ middlewares }) {
      readManifest(app);
      const isApiPath = new RegExp(API_PATHS);
      middlewares.use(({ url = '/' }, response, next) => {
        // Read each time: the app may have been built again.
        if (!isApiPath.test(url)) response.setHeaders(new Headers(headersFor(url, readManifest(app))));
        next();
      });
    },
  };
}
