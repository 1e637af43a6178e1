import * as oauth from 'oauth4webapi';
import type { RegisteredClient } from './registered-client.ts';
import { CLIENT_ERRORS, readTokenResponse, type TokenSet } from './token-response.ts';

export interface RefreshToken {
  refreshToken: string;
  /** The scope of the grant so far. */
  scope: string;
}

/** Requests a new access token: RFC 6749 §6. The response may leave out a refresh token and a scope that stay. */
export async function refreshTokenGrant(
  { server, client, clientAuth, options }: RegisteredClient,
  { refreshToken, scope }: RefreshToken,
): Promise<TokenSet> {
  const response = await oauth.refreshTokenGrantRequest(server, client, clientAuth, refreshToken, options);
  const tokens = await readTokenResponse(response, { requestedScope: scope, toErrorCode });
  return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
}

/**
 * Only `invalid_grant` ends the session. One real server rejects a dead refresh token with an empty 400, another one
 * with `invalid_request`: the user has to sign in again, but the cookie stays in case it was a mistake of the server.
 */
function toErrorCode(status: number, error = '') {
  if (status === 403) return 'provider_bad_response';
  if (error === 'invalid_grant') return 'session_expired';
  return CLIENT_ERRORS.includes(error) ? 'provider_misconfigured' : 'session_refused';
}
