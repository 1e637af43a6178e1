import { randomBytes } from 'node:crypto';
import type { Adapter } from 'oidc-provider';
import * as v from 'valibot';
import { isRedirectUri, type RegisteredApp } from '../config.ts';
import { clientMetadataOf } from '../engine/client-metadata.ts';
import { readBearerToken, refuseBearerToken } from '../http/bearer-token.ts';
import { sendJson, type Middleware } from '../http/middleware.ts';
import { readJson } from '../http/request-body.ts';
import { PATHS } from '../endpoint-paths.ts';

const registrationSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(100)),
  description: v.optional(v.pipe(v.string(), v.maxLength(1000))),
  redirect_uri: v.pipe(v.string(), v.maxLength(2000), v.check(isRedirectUri)),
});

/** POST /api/oauth_apps: a developer registers an app. */
export function createRegistrationRoute(options: {
  /** The engine's storage of apps. */
  clients: Adapter;
  /** Without a developer token, nobody can register an app. */
  developerToken: string | undefined;
}): Middleware {
  const { clients, developerToken } = options;
  let lastId = 0;

  return async (ctx, next) => {
    if (ctx.method !== 'POST' || ctx.path !== PATHS.registration) return next();
    // A plain comparison is enough for a provider that runs on the developer's own machine.
    if (developerToken === undefined || readBearerToken(ctx) !== developerToken)
      return refuseBearerToken(ctx);

    const parsed = v.safeParse(registrationSchema, await readJson(ctx));
    if (!parsed.success) {
      const invalidFields = new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? 'body'));
      const message = `not valid: ${[...invalidFields].join(', ')}`;
      return sendJson(ctx, 400, { success: false, error: 'invalid_request', message });
    }

    const { name, redirect_uri: redirectUri } = parsed.output;
    const app: RegisteredApp = {
      name,
      clientId: `client_${randomBytes(16).toString('hex')}`,
      clientSecret: `secret_${randomBytes(32).toString('hex')}`,
      redirectUri,
    };
    await clients.upsert(app.clientId, clientMetadataOf(app));
    lastId += 1;
    return sendJson(ctx, 200, {
      success: true,
      message: '',
      data: {
        id: lastId,
        name,
        client_id: app.clientId,
        client_secret: app.clientSecret,
        redirect_uri: redirectUri,
        created_time: Math.floor(Date.now() / 1000),
      },
    });
  };
}
