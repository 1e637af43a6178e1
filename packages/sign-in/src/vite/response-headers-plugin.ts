import type { Plugin } from 'vite';
import { headersFor } from '../headers.ts';
import { API_PATHS } from './api-proxy-plugin.ts';

/** Vite's own scripts are inline in development, and a Content-Security-Policy would stop them. */
const DEVELOPMENT_HEADERS = new Set(['Cross-Origin-Opener-Policy', 'Referrer-Policy']);

/** Sends the headers of the built app in preview, and in development those that the sign-in depends on. */
export function responseHeadersPlugin(): Plugin {
  return {
    name: 'sign-in:response-headers',
    // The Content-Security-Policy allows no `data:` address.
    config: ({ build }) => ({ build: { assetsInlineLimit: build?.assetsInlineLimit ?? 0 } }),

    configureServer({ middlewares }) {
      middlewares.use(({ url = '/' }, response, next) => {
        for (const [name, value] of Object.entries(headersFor(url))) {
          if (DEVELOPMENT_HEADERS.has(name)) response.setHeader(name, value);
        }
        next();
      });
    },

    configurePreviewServer({ middlewares }) {
      const isApiPath = new RegExp(API_PATHS);
      middlewares.use(({ url = '/' }, response, next) => {
        if (!isApiPath.test(url)) response.setHeaders(new Headers(headersFor(url)));
        next();
      });
    },
  };
}
