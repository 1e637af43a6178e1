import type { TokenQuery, TokenResponse } from '@oneclick/shared/messages';
import type { FastifyRequest } from 'fastify';
import type { ResourceClient } from './resource-client.ts';

/** Adds the account to a token response, if the query of the request asks for it. */
export type IncludeUserinfo = (
  request: Pick<FastifyRequest, 'log'> & { query: TokenQuery },
  tokenResponse: TokenResponse,
) => Promise<TokenResponse>;

/** The page waits for its token meanwhile. */
const MAX_WAIT_MS = 1000;

/**
 * Reads the account with the new access token, which saves the page a round trip. The token does not depend on it: if
 * the provider fails or is slow, the account is left out, and the page asks `GET /api/oauth/userinfo`.
 */
export function createIncludeUserinfo({ fetchUserinfo }: ResourceClient): IncludeUserinfo {
  return async ({ log, query }, tokenResponse) => {
    if (query.include === undefined) return tokenResponse;
    try {
      const userinfo = await fetchUserinfo(tokenResponse.access_token, { timeoutMs: MAX_WAIT_MS });
      return { ...tokenResponse, userinfo };
    } catch (error) {
      log.info({ err: error }, 'userinfo left out');
      return tokenResponse;
    }
  };
}
