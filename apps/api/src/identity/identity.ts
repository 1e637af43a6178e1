import { EmptyRequest, IdentityTokenResponse, JwksResponse } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import type { FastifyPluginAsync } from 'fastify';
import { SignJWT } from 'jose/jwt/sign';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { createOriginCheck } from '../http/origin-check.ts';
import type { ResourceClient } from '../provider/resource-client.ts';
import { unixNow } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { deriveIdentityKeys } from './identity-keys.ts';

interface IdentityOptions {
  config: Config;
  sessions: Sessions;
  resourceClient: ResourceClient;
}

/** A token outlives a sign-out by this time at most. */
const LIFETIME_SECONDS = 300;

/** RFC 8725 §3.11: no token of another kind passes for an identity token. */
const TYPE = 'identity+jwt';

/**
 * Proves to the servers of the app who is signed in: a page gets a short-lived JWT, and the servers check it with the public
 * keys. A server must not accept the access token instead, which may have been issued to another app.
 */
export const identity: FastifyPluginAsync<IdentityOptions> = async (
  app,
  { config, sessions, resourceClient },
) => {
  const { topology, apiOrigin, identityAudience, secrets } = config;
  let derived = { from: secrets.sessionKeys, keys: await deriveIdentityKeys(secrets.sessionKeys) };

  async function currentKeys(): Promise<typeof derived.keys> {
    const { sessionKeys } = secrets;
    if (derived.from !== sessionKeys) {
      derived = { from: sessionKeys, keys: await deriveIdentityKeys(sessionKeys) };
    }
    return derived.keys;
  }

  app.post(
    PATHS.identityToken,
    {
      schema: { body: EmptyRequest, response: { 200: IdentityTokenResponse } },
      config: { rateLimitGroup: 'session' },
      onRequest: createOriginCheck(topology),
    },
    async (request, reply): Promise<IdentityTokenResponse> => {
      const { access_token, session_id } = await sessions.current(request, reply);
      const { id } = await resourceClient.fetchUserinfo(access_token);
      const [{ privateKey, publicJwk }] = await currentKeys();
      const now = unixNow();
      const token = new SignJWT({ sid: session_id })
        .setProtectedHeader({ alg: publicJwk.alg, kid: publicJwk.kid, typ: TYPE })
        .setIssuer(apiOrigin)
        .setAudience(identityAudience)
        .setSubject(toSubject(id))
        .setIssuedAt(now)
        .setExpirationTime(now + LIFETIME_SECONDS);
      return { identity_token: await token.sign(privateKey), expires_in: LIFETIME_SECONDS };
    },
  );

  app.get(
    PATHS.jwks,
    { schema: { response: { 200: JwksResponse } }, config: { rateLimitGroup: 'resources' } },
    async (_request, reply): Promise<JwksResponse> => {
      // As long as a token lives: a removed key then disappears from caches together with the last token that it signed.
      void reply.header('cache-control', `public, max-age=${LIFETIME_SECONDS}`);
      return { keys: (await currentKeys()).map(({ publicJwk }) => publicJwk) };
    },
  );
};

/**
 * The id as text. JSON rounds a number beyond 2^53, so two users could have the same one. Some gateways send 0 in place
 * of no id.
 */
function toSubject(id: number | undefined): string {
  if (id !== undefined && Number.isSafeInteger(id) && id > 0) return String(id);
  throw new ApiError('provider_bad_response', { cause: { name: 'UserinfoWithoutId' } });
}
