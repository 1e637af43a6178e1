import type { Provider } from 'oidc-provider';

// The engine is a Koa application. Its own types spare this package a dependency on Koa.
export type Middleware = Parameters<Provider['use']>[0];
export type RequestContext = Parameters<Middleware>[0];

export function sendJson(ctx: RequestContext, status: number, body: Record<string, unknown>): void {
  ctx.status = status;
  ctx.body = body;
}

/** Redirects with 303, so that the browser requests the location with GET after any form (RFC 9110 §15.4.4). */
export function seeOther(ctx: RequestContext, location: string): void {
  ctx.status = 303;
  ctx.redirect(location);
}
