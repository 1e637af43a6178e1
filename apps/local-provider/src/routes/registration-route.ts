import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Adapter, ClientMetadata } from 'oidc-provider';
import * as v from 'valibot';
import { isRedirectUri, type RegisteredApp } from './config.ts';
import { sendJson, type Middleware } from './middleware.ts';
import { readJson } from './request-body.ts';
import { readBearerToken, refuseBearerToken } from './resource-routes.ts';

export const REGISTRATION_PATH = '/api/oauth_apps';

const registrationSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(100)),
  description: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  redirect_uri: v.pipe(v.string(), v.maxLength(2000), v.check(isRedirectUri)),
});

/** An app in the engine's words. One redirect URI each, compared exactly (RFC 9700 §2.1). */
export function clientMetadataOf({
  name,
  clientId,
  clientSecret,
  redirectUri,
  serverRedirectUri,
}: RegisteredApp): ClientMetadata {
  return {
    client_id: clientId,
    client_secret: clientSecret,
    client_name: name,
    redirect_uris: [redirectUri, ...(serverRedirectUri ? [serverRedirectUri] : [])],
    // Accepts client_secret_basic as well: the engine takes either for a client with a secret.
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    response_modes: ['query'],
  };
}

/** Compared as hashes: of equal length, and in a time that tells nothing about the token. */
function isSameToken(actual: string, expected: string): boolean {
  const [a, b] = [actual, expected].map((token) => createHash('sha256').update(token).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** POST /api/oauth_apps: an app's developer registers the app. */
export function createRegistrationRoute(options: {
  /** Where the engine looks for apps. */
  clients: Adapter;
  developerToken: string | undefined;
}): Middleware {
  const { clients, developerToken } = options;
  let lastId = 0;

  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== REGISTRATION_PATH) return next();

    const token = readBearerToken(ctx);
    if (developerToken === undefined || token === undefined || !isSameToken(token, developerToken)) {
      return refuseBearerToken(ctx);
    }

    const parsed = v.safeParse(registrationSchema, await readJson(ctx));
    if (!parsed.success) {
      const faulty = new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? 'body'));
      const message = `not valid: ${[...faulty].join(', ')}`;
      return sendJson(ctx, 400, { success: false, error: 'invalid_request', message });
    }

    const app: RegisteredApp = {
      name: parsed.output.name,
      clientId: `client_${randomBytes(16).toString('hex')}`,
      clientSecret: `secret_${randomBytes(32).toString('hex')}`,
      redirectUri: parsed.output.redirect_uri,
    };
    await clients.upsert(app.clientId, clientMetadataOf(app));
    lastId += 1;
    return sendJson(ctx, 200, {
      success: true,
      message: '',
      data: {
        id: lastId,
        name: app.name,
        client_id: app.clientId,
        client_secret: app.clientSecret,
        redirect_uri: app.redirectUri,
        created_time: Math.floor(Date.now() / 1000),
      },
    });
  };
}
