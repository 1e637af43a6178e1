import { PATHS } from '@oneclick/shared/paths';
import type { Connect, Plugin } from 'vite';

/** The API's paths. `/oauth/callback` is the server-side flow; the app itself serves `/oauth/callback.html`. */
export const API_PATHS = String.raw`^(?:/api/|${PATHS.serverSideStart}|${PATHS.serverSideCallback}(?:\?|$))`;

/** Lets the browser see one origin: forwards the API's paths, and redirects from 127.0.0.1 to localhost. */
export function apiProxyPlugin({ apiTarget }: { apiTarget: string }): Plugin {
  const proxy = { [API_PATHS]: { target: apiTarget } };
  return {
    name: 'sign-in:api-proxy',
    config: () => ({ server: { proxy }, preview: { proxy } }),
    configureServer: ({ middlewares }) => void middlewares.use(redirectToLocalhost),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(redirectToLocalhost),
  };
}

/** The redirect URI and the cookies belong to `localhost`. */
const redirectToLocalhost: Connect.NextHandleFunction = (request, response, next) => {
  const { host = '', accept = '' } = request.headers;
  if (host.startsWith('127.0.0.1:') && accept.includes('text/html')) {
    const origin = `http://${host.replace('127.0.0.1', 'localhost')}`;
    response.writeHead(302, { Location: origin + (request.url ?? '/') }).end();
  } else next();
};
