import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import type { ProviderConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { authorizationCodeGrant, type AuthorizationCode } from './authorization-code-grant.ts';
import type { ProviderFetch } from './provider-fetch.ts';
import { refreshTokenGrant, type RefreshToken } from './refresh-token-grant.ts';
import { createRegisteredClient } from './registered-client.ts';
import type { TokenSet } from './token-response.ts';

export type { TokenSet } from './token-response.ts';

/** Talks to the provider's authorization, token and revocation endpoints. */
export interface OAuthClient {
  /** @returns where to send the user: RFC 6749 §4.1.1, RFC 7636 §4.3 */
  buildAuthorizationUrl: (request: AuthorizationRequest) => string;
  authorizationCodeGrant: (code: AuthorizationCode) => Promise<TokenSet>;
  refreshTokenGrant: (old: RefreshToken) => Promise<TokenSet>;
  /** RFC 7009 §2.1. For a refresh token, the provider should also end the access tokens of the same grant. */
  revoke: (token: string) => Promise<void>;
}

interface AuthorizationRequest {
  state: string;
  codeVerifier: string;
  redirectUri: string;
  /** A user who has signed out may want to use another account, so the provider has to ask. */
  isAfterSignOut: boolean;
}

const REVOCATION_TIMEOUT_MS = 3000;

export function createOAuthClient(provider: ProviderConfig, providerFetch: ProviderFetch): OAuthClient {
  const registered = createRegisteredClient(provider, providerFetch);

  return {
    buildAuthorizationUrl({ state, codeVerifier, redirectUri, isAfterSignOut }) {
      const url = new URL(provider.authorizationEndpoint);
      const parameters = {
        client_id: provider.clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: provider.scope,
        state,
        // RFC 7636 §4.2. §5: a server without PKCE ignores the challenge, so it is always sent and never relied on.
        code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...(provider.autoAuthorize && !isAfterSignOut && { auto_authorize: 'true' }),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return url.href;
    },

    authorizationCodeGrant: (code) => authorizationCodeGrant(registered, code, provider.scope),
    refreshTokenGrant: (old) => refreshTokenGrant(registered, old),

    async revoke(token) {
      if (!provider.revocationEndpoint) return;
      const { server, client, clientAuth, options } = registered;
      const signal = AbortSignal.timeout(REVOCATION_TIMEOUT_MS);
      const response = await oauth.revocationRequest(server, client, clientAuth, token, {
        ...options,
        signal,
      });
      if (response.ok) return;
      throw new ApiError('provider_bad_response', { cause: { name: `HTTP ${response.status}` } });
    },
  };
}
