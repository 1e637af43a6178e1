import * as oauth from 'oauth4webapi';
import type { RegisteredClient } from './registered-client.ts';
import { CLIENT_ERRORS, readTokenResponse, type TokenSet } from './token-response.ts';

export interface AuthorizationCode {
  code: string;
  state: string;
  /** The redirect URI of the authorization request (RFC 6749 §4.1.3). */
  redirectUri: string;
  codeVerifier: string;
}

/** RFC 6749 §5.2: errors of the request, which this app makes and the user can't change. */
const REQUEST_ERRORS = ['invalid_request', 'unsupported_grant_type', 'invalid_scope'];

/** Exchanges an authorization code for tokens: RFC 6749 §4.1.3, RFC 7636 §4.5. */
export async function authorizationCodeGrant(
  { server, client, clientAuth, options }: RegisteredClient,
  { code, state, redirectUri, codeVerifier }: AuthorizationCode,
  requestedScope: string,
): Promise<TokenSet> {
  // Only obtains the library's type for checked parameters. The transaction cookie has checked the state before.
  const parameters = oauth.validateAuthResponse(server, client, new URLSearchParams({ code, state }), state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    clientAuth,
    parameters,
    redirectUri,
    codeVerifier,
    options,
  );
  return readTokenResponse(response, {
    requestedScope,
    // Not only `invalid_grant` with status 400: one real server answers the second use of a code with 403.
    toErrorCode: (_status, error = '') =>
      [...CLIENT_ERRORS, ...REQUEST_ERRORS].includes(error) ? 'provider_misconfigured' : 'code_rejected',
  });
}
