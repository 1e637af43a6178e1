import type { Plugin } from 'vite';
import { apiProxyPlugin } from './vite/api-proxy-plugin.ts';
import { pagesPlugin } from './vite/pages-plugin.ts';
import { responseHeadersPlugin } from './vite/response-headers-plugin.ts';

export { buildInlineScript } from './vite/build-inline-script.ts';

/**
 * Options of {@link signIn}.
 * @example
 * signIn({ apiTarget: 'http://127.0.0.1:3001', style: 'src/sign-in-window.css' });
 */
export interface SignInPluginOptions {
  /**
   * Where the development server and the preview server forward the API's paths to.
   * @default 'http://127.0.0.1:3000'
   */
  apiTarget?: string | undefined;
  /**
   * The origins at which browsers open the app, separated by commas: the value of the API's `WEB_ORIGIN`. The
   * development server and the preview server then accept the hosts of these origins, for example that of a tunnel, and
   * redirect a page that is opened under another name of this machine.
   * @default localhost, with the port of the server
   * @example 'https://my-app.tunnel.example'
   */
  webOrigin?: string | undefined;
  /**
   * A stylesheet for the two pages of the sign-in window, in place of the package's own. Relative to the root of the
   * app.
   * @example 'src/sign-in-window.css'
   */
  style?: string | undefined;
}

/**
 * Adds the sign-in to an app that is built with Vite:
 *
 * - the two pages of the sign-in window, `/oauth/callback.html` and `/oauth/opening.html`, in development and in the
 *   build. The app needs no files for them;
 * - a few inline lines in each page of the app, which ask the API for the session before any file has loaded;
 * - a proxy for the API's paths in development and preview, so that the browser sees one origin;
 * - the response headers of `@oneclick/sign-in/headers`: all of them in preview, those that the sign-in depends on in
 *   development. The build writes `dist-headers/`, with what another server needs to send the same ones.
 *
 * @example
 * // vite.config.ts
 * import react from '@vitejs/plugin-react';
 * import { signIn } from '@oneclick/sign-in/vite';
 * import { defineConfig } from 'vite';
 *
 * export default defineConfig({ plugins: [react(), signIn()] });
 */
export function signIn({
  apiTarget = 'http://127.0.0.1:3000',
  webOrigin,
  style,
}: SignInPluginOptions = {}): Plugin[] {
  return [apiProxyPlugin({ apiTarget, webOrigin }), responseHeadersPlugin(), pagesPlugin({ style })];
}
