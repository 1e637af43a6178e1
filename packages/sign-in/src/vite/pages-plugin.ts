import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WEB_PATHS } from '@oneclick/shared/paths';
import type { Plugin, ResolvedConfig } from 'vite';
import { headersFor } from '../headers.ts';
import { insertEarlySession } from './api-origin-tag.ts';
import { type BuiltPages, buildEarlySession, buildPages } from './build-pages.ts';
import { hashesOfPages } from './header-manifest.ts';

const PACKAGE_FOLDER = fileURLToPath(new URL('..', import.meta.url));

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/**
 * Adds the two pages of the sign-in window to the build and the early script to the app's pages, and does the same in
 * development.
 */
export function pagesPlugin({ style }: { style: string | undefined }): Plugin {
  let app: ResolvedConfig;
  let pages: Promise<BuiltPages> | undefined;
  let earlySession: Promise<string> | undefined;
  const builtPages = () => (pages ??= buildPages(app, { style }));

  async function serveBuiltFile(path: string, response: ServerResponse): Promise<boolean> {
    const files = await builtPages();
    const file = files.get(path.slice(1));
    if (file === undefined) return false;
    response.setHeaders(new Headers(headersFor(path, { pages: hashesOfPages(files), assets: [] })));
    response.setHeader('Content-Type', CONTENT_TYPES[extname(path)] ?? 'application/octet-stream');
    response.end(file);
    return true;
  }

  return {
    name: 'sign-in:pages',
    // A build for the server needs no pages.
    applyToEnvironment: ({ name }) => name === 'client',

    configResolved(config) {
      if (config.base !== '/' && !URL.canParse(config.base)) {
        throw new Error(`The sign-in needs "base": "/", because its redirect URI is ${WEB_PATHS.callback}.`);
      }
      app = config;
    },

    // Beside the build of the app, which needs the files at its end.
    buildStart() {
      if (app.command === 'build') builtPages().catch(() => undefined);
    },
    async generateBundle() {
      for (const [fileName, source] of await builtPages()) this.emitFile({ type: 'asset', fileName, source });
    },

    configureServer({ middlewares, watcher }) {
      watcher.add(PACKAGE_FOLDER);
      watcher.on('change', (file) => {
        if (file.startsWith(PACKAGE_FOLDER) || extname(file) === '.css') {
          pages = undefined;
          earlySession = undefined;
        }
      });
      middlewares.use(({ url = '/' }, response, next) => {
        const path = url.replace(/[?#].*/, '');
        if (!path.startsWith('/oauth/')) return next();
        serveBuiltFile(path, response).then((isServed) => isServed || next(), next);
      });
    },

    transformIndexHtml: {
      order: 'post',
      async handler(html, { filename }) {
        // A test runner serves pages that are no files of the app.
        if (!existsSync(filename)) return html;
        return insertEarlySession(html, await (earlySession ??= buildEarlySession(app)));
      },
    },
  };
}
