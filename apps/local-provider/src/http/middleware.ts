import type { Provider } from 'oidc-provider';

/** The engine is a Koa application; its types come with it, so that Koa is no dependency of ours. */
export type Middleware = Parameters<Provider['use']>[0];
export type RequestContext = Parameters<Middleware>[0];

export function sendJson(ctx: RequestContext, status: number, body: Record<string, unknown>): void {
  ctx.status = status;
  ctx.body = body;
}

/** RFC 9110 §15.4.4: what follows a form is a GET, whatever the form was. */
export function seeOther(ctx: RequestContext, location: string): void {
  ctx.status = 303;
  ctx.redirect(location);
}
