import { isLoopback } from '@oneclick/shared/is-loopback';
import { PATHS } from '@oneclick/shared/paths';
import type { Connect, Plugin } from 'vite';

/** The API's paths. `/oauth/callback` is the server-side flow; the app itself serves `/oauth/callback.html`. */
export const API_PATHS = String.raw`^(?:/api/|${PATHS.serverSideStart}|${PATHS.serverSideCallback}(?:\?|$))`;

/**
 * Lets the browser see one origin: forwards the API's paths, and serves the app under the host of its origin.
 * @param options.webOrigin the origins at which the app is opened, as in the API's `WEB_ORIGIN`
 */
export function apiProxyPlugin({
  apiTarget,
  webOrigin,
}: {
  apiTarget: string;
  webOrigin: string | undefined;
}): Plugin {
  const proxy = { [API_PATHS]: { target: apiTarget } };
  const origins = webOrigin === undefined ? undefined : originsIn(webOrigin);
  const redirect = redirectToOriginOfApp(origins);
  return {
    name: 'sign-in:api-proxy',
    // Vite refuses other hosts than those of this machine, to prevent DNS rebinding. The preview takes over this list.
    config: () => ({
      server: { proxy, allowedHosts: origins?.map(({ hostname }) => hostname) ?? [] },
      preview: { proxy },
    }),
    configureServer: ({ middlewares }) => void middlewares.use(redirect),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(redirect),
  };
}

/** The API reports an origin that is none. */
function originsIn(webOrigin: string): URL[] {
  return webOrigin
    .split(',')
    .filter((origin) => URL.canParse(origin))
    .map((origin) => new URL(origin));
}

function redirectToOriginOfApp(origins: URL[] | undefined): Connect.NextHandleFunction {
  return ({ url = '/', headers: { host = '', accept = '' } }, response, next) => {
    const address = `http://${host}`;
    const isPage = accept.includes('text/html') && URL.canParse(address);
    const target = isPage ? targetOf(new URL(address), origins) : undefined;
    if (target) response.writeHead(302, { Location: `//${target.host}${url}` }).end();
    else next();
  };
}

/**
 * Where a page belongs that was opened under another name of this machine: the redirect URI and the cookies belong to
 * one name. Undefined if it may stay, or if a reverse proxy is in between, which has a port of its own.
 */
function targetOf(opened: URL, origins: URL[] | undefined): URL | undefined {
  if (!isLoopback(opened.hostname)) return undefined;
  if (!origins) return opened.hostname.endsWith('localhost') ? undefined : onLocalhost(opened);
  const here = origins.filter(({ port }) => port === opened.port);
  return here.some(({ hostname }) => hostname === opened.hostname)
    ? undefined
    : here.find(({ hostname }) => isLoopback(hostname));
}

function onLocalhost({ port }: URL): URL {
  return new URL(`http://localhost:${port}`);
}
