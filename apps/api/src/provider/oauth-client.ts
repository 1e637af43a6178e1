import * as oauth from 'oauth4webapi';
import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import type { ProviderEndpoint } from '../http/events.ts';
import { buildAuthorizationUrl, type AuthorizationRequest } from './authorization-url.ts';
import { createClientAuth } from './client-auth.ts';
import { reportOddFields } from './odd-fields.ts';
import type { ProviderFetch, ProviderResponse } from './provider-fetch.ts';
import { readTokenResponse, type TokenSet } from './token-response.ts';

/** The requests to the provider's authorization, token and revocation endpoints. */
export interface OAuthClient {
  /** @returns where to send the user: RFC 6749 §4.1.1, RFC 7636 §4.3 */
  buildAuthorizationUrl: (request: AuthorizationRequest) => string;
  /** Exchanges the code for tokens: RFC 6749 §4.1.3, RFC 7636 §4.5. */
  authorizationCodeGrant: (grant: AuthorizationCodeGrant) => Promise<TokenSet>;
  /** RFC 6749 §6. A response without a refresh token or a scope means that the old one stays. */
  refreshTokenGrant: (old: Pick<TokenSet, 'scope'> & { refreshToken: string }) => Promise<TokenSet>;
  /** RFC 7009 §2.1. For a refresh token, the provider should also end the access tokens of the same grant. */
  revoke: (token: string) => Promise<void>;
}

interface AuthorizationCodeGrant {
  code: string;
  state: string;
  /** The redirect URI of the authorization request. */
  redirectUri: string;
  codeVerifier: string;
}

const REVOCATION_TIMEOUT_MS = 3000;

export function createOAuthClient(
  { provider, secrets }: Pick<Config, 'provider' | 'secrets'>,
  providerFetch: ProviderFetch,
  log: Pick<FastifyBaseLogger, 'warn'>,
): OAuthClient {
  const server: oauth.AuthorizationServer = {
    // The provider publishes no issuer. The library requires one, but compares it with `iss` only.
    issuer: new URL(provider.tokenEndpoint).origin,
    token_endpoint: provider.tokenEndpoint,
    ...(provider.revocationEndpoint && { revocation_endpoint: provider.revocationEndpoint }),
  };
  const client: oauth.Client = { client_id: provider.clientId };
  const clientAuth = createClientAuth({ provider, secrets });
  /**
   * Sends a request that the library builds, and returns the provider's response. The library passes a `Response` on
   * without reading it, so this one is empty: a body would be copied into a stream and out of it again.
   */
  async function send(
    endpoint: ProviderEndpoint,
    request: (options: RequestOptions) => Promise<Response>,
    { timeoutMs }: { timeoutMs?: number } = {},
  ): Promise<ProviderResponse> {
    const { promise: response, resolve } = Promise.withResolvers<ProviderResponse>();
    await request({
      [oauth.customFetch]: async (url, { method, headers, body }) => {
        const form = { endpoint, method, headers, body: body.toString(), ...(timeoutMs && { timeoutMs }) };
        resolve(await providerFetch(url, form));
        return new Response();
      },
      // The configuration accepts plain http for loopback hosts only.
      [oauth.allowInsecureRequests]: true,
    });
    return response;
  }

  const onOddFields = reportOddFields(log, 'token');

  return {
    buildAuthorizationUrl: (request) => buildAuthorizationUrl(provider, request),

    async authorizationCodeGrant({ code, state, redirectUri, codeVerifier }) {
      // Only obtains the library's type of checked parameters. The transaction cookie has checked the state.
      const parameters = oauth.validateAuthResponse(
        server,
        client,
        new URLSearchParams({ code, state }),
        state,
      );
      const grant = [server, client, clientAuth, parameters, redirectUri, codeVerifier] as const;
      const response = await send('token', (options) =>
        oauth.authorizationCodeGrantRequest(...grant, options),
      );
      return readTokenResponse(response, {
        requestedScope: provider.scope,
        toErrorCode: toCodeError,
        onOddFields,
      });
    },

    async refreshTokenGrant({ refreshToken: old, scope }) {
      const response = await send('token', (options) =>
        oauth.refreshTokenGrantRequest(server, client, clientAuth, old, options),
      );
      const tokens = readTokenResponse(response, {
        requestedScope: scope,
        toErrorCode: toRefreshError,
        onOddFields,
      });
      return { ...tokens, refreshToken: tokens.refreshToken ?? old };
    },

    async revoke(token) {
      if (!provider.revocationEndpoint) return;
      const { status } = await send(
        'revocation',
        (options) => oauth.revocationRequest(server, client, clientAuth, token, options),
        { timeoutMs: REVOCATION_TIMEOUT_MS },
      );
      if (status < 200 || status > 299) {
        throw new ApiError('provider_bad_response', { cause: { name: `HTTP ${status}` } });
      }
    },
  };
}

type RequestOptions = Pick<
  oauth.TokenEndpointRequestOptions,
  typeof oauth.allowInsecureRequests | typeof oauth.customFetch
>;

/** RFC 6749 §5.2: this app is misconfigured, and the user can't change it. */
const CLIENT_ERRORS = ['invalid_client', 'unauthorized_client'];
const REQUEST_ERRORS = ['invalid_request', 'unsupported_grant_type', 'invalid_scope'];

/** Any status of an error counts, because one real server answers the second use of a code with 403. */
function toCodeError(_status: number, error = '') {
  const isMisconfigured = CLIENT_ERRORS.includes(error) || REQUEST_ERRORS.includes(error);
  return isMisconfigured ? 'provider_misconfigured' : 'code_rejected';
}

/**
 * Only `invalid_grant` ends the session. One real server rejects a dead refresh token with an empty 400, another one
 * with `invalid_request`: the user has to sign in again, but the cookie stays in case it was a mistake of the server.
 */
function toRefreshError(status: number, error = '') {
  if (status === 403) return 'provider_bad_response';
  if (error === 'invalid_grant') return 'session_expired';
  return CLIENT_ERRORS.includes(error) ? 'provider_misconfigured' : 'session_refused';
}
