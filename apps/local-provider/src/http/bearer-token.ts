import { sendJson, type RequestContext } from './middleware.ts';

/** Reads the token from the header only, not from the body or the query (RFC 6750 §2.1). */
export function readBearerToken(ctx: RequestContext): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('Authorization'))?.[1];
}

/** Answers 401. The challenge names an error only if the request had a token (RFC 6750 §3). */
export function refuseBearerToken(ctx: RequestContext): void {
  ctx.set('WWW-Authenticate', ctx.get('Authorization') === '' ? 'Bearer' : 'Bearer error="invalid_token"');
  sendJson(ctx, 401, { error: 'invalid_token' });
}
