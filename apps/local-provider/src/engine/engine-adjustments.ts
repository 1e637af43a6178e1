import { sendJson, type Middleware, type RequestContext } from '../http/middleware.ts';
import { errorPage, sendPage } from '../pages/pages.ts';
import { PATHS } from '../endpoint-paths.ts';
import { SCOPES } from './engine-configuration.ts';

/**
 * RFC 6749 §3.3: without `scope` a documented default applies. Unknown scopes are ignored when the request also has a known
 * one. The engine knows `openid` without being configured for it, so `openid` is removed as well.
 */
export const normalizeScope: Middleware = async (ctx, next) => {
  const { scope = '' } = ctx.query;
  if (ctx.path === PATHS.authorization && typeof scope === 'string') {
    const known = scope.split(' ').filter((name) => SCOPES.includes(name));
    if (scope === '') known.push('profile');
    if (known.length > 0) ctx.query = { ...ctx.query, scope: known.join(' ') };
  }
  await next();
};

/** Removes `iss` (RFC 9207) from redirects to the app. The engine adds it, AIHubMix does not. */
export function createIssuerRemoval(issuer: string): Middleware {
  return async (ctx, next) => {
    await next();
    const location = ctx.response.get('Location');
    if (!ctx.path.startsWith(PATHS.authorization) || !URL.canParse(location)) return;
    const url = new URL(location);
    if (url.searchParams.get('iss') !== issuer) return;
    url.searchParams.delete('iss');
    ctx.set('Location', url.href);
    // The engine's body repeats the address. With a body of null, Koa would answer 204, and no browser follows a 204.
    ctx.body = '';
  };
}

/** Whether AIHubMix has this endpoint too. The engine has more, such as discovery and keys. */
function isEndpointOfEngine({ path }: RequestContext): boolean {
  return (
    path === PATHS.token || path === PATHS.revocation || /^\/api\/oauth2\/authorize(\/[\w-]+)?$/.test(path)
  );
}

/** Runs the engine for the endpoints that AIHubMix has. Answers 404 for all other requests. */
export const runEngine: Middleware = async (ctx, next) => {
  if (isEndpointOfEngine(ctx)) await next();
  if (ctx.status !== 404 || ctx.body) return;
  if (ctx.path.startsWith('/api/')) return sendJson(ctx, 404, { error: 'not_found' });
  sendPage(ctx, 404, errorPage('notFound'));
};
