import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';
import { headersFor } from '../headers.ts';
import { API_PATHS } from './api-proxy-plugin.ts';
import { headerFolder, manifestOf, readManifest } from './header-manifest.ts';

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
        const files = Object.values(bundle).map(
          (file) => [file.fileName, file.type === 'chunk' ? file.code : file.source] as const,
        );
        const folder = headerFolder(app);
        mkdirSync(folder, { recursive: true });
        const manifest = manifestOf(new Map(files), app);
        writeFileSync(join(folder, 'headers.json'), `${JSON.stringify(manifest, null, 2)}\n`);
      },
    },

    configureServer({ middlewares }) {
      const manifest = manifestOf(new Map(), app);
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
