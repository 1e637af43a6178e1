import { createHash } from 'node:crypto';
import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import type { ProviderConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { boundedRetryAfter, isHtml, type ProviderFetch } from './provider-fetch.ts';

/** What a token endpoint's answer comes down to. */
export interface TokenSet {
  accessToken: string;
  expiresInSeconds: number;
  refreshToken: string | undefined;
  scope: string;
}

/** Everything this app says to the provider's authorization, token and revocation endpoints. */
export type OAuthClient = ReturnType<typeof createOAuthClient>;

const REVOCATION_TIMEOUT_MS = 3000;

export function createOAuthClient(provider: ProviderConfig, providerFetch: ProviderFetch) {
  const server: oauth.AuthorizationServer = {
    // The provider publishes no issuer. The library needs one to compare with `iss`, which we don't hand to it.
    issuer: new URL(provider.tokenEndpoint).origin,
    token_endpoint: provider.tokenEndpoint,
    ...(provider.revocationEndpoint && { revocation_endpoint: provider.revocationEndpoint }),
  };
  const client: oauth.Client = { client_id: provider.clientId };
  const clientAuth =
    provider.clientAuth === 'client_secret_basic'
      ? clientSecretBasic(provider.clientSecret)
      : oauth.ClientSecretPost(provider.clientSecret);
  const options = {
    [oauth.customFetch]: fetchAsResponse,
    // The configuration lets plain http through for loopback hosts only.
    [oauth.allowInsecureRequests]: true,
  };

  /** The library reads a `Response`. Headers that nobody looks at are left out. */
  async function fetchAsResponse(
    url: string,
    { method, headers, body, signal }: OAuthRequest,
  ): Promise<Response> {
    const answer = await providerFetch(url, {
      method,
      headers,
      body: body.toString(),
      ...(signal && { signal }),
    });
    // With these two, a `Response` with a body throws.
    const hasNoBody = answer.body === '' || answer.status === 204 || answer.status === 205;
    return new Response(hasNoBody ? null : answer.body, {
      status: answer.status,
      headers: { 'content-type': answer.contentType, 'retry-after': answer.retryAfter },
    });
  }

  /** Where to send the user. RFC 6749 §4.1.1, RFC 7636 §4.3. */
  function buildAuthorizationUrl(attempt: AuthorizationAttempt): string {
    const url = new URL(provider.authorizationEndpoint);
    const parameters = {
      client_id: provider.clientId,
      redirect_uri: attempt.redirectUri,
      response_type: 'code',
      scope: provider.scope,
      state: attempt.state,
      // RFC 7636 §4.2. §5: a server that doesn't know PKCE ignores it, so it is always sent and never relied on.
      code_challenge: createHash('sha256').update(attempt.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(provider.autoAuthorize && !attempt.isAfterSignOut && { auto_authorize: 'true' }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /** RFC 6749 §4.1.3 */
  async function authorizationCodeGrant(grant: AuthorizationCodeGrant): Promise<TokenSet> {
    const { code, state, redirectUri, codeVerifier } = grant;
    const parameters = oauth.validateAuthResponse(
      server,
      client,
      new URLSearchParams({ code, state }),
      state,
    );
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      clientAuth,
      parameters,
      redirectUri,
      codeVerifier,
      options,
    );
    if (!response.ok) throw await toRefusal(response, codeRefusal);
    return readTokenSet(response, provider.scope);
  }

  /** RFC 6749 §6: no new refresh token in the answer means that the old one stays; no scope, that it stays too. */
  async function refreshTokenGrant(old: { refreshToken: string; scope: string }): Promise<TokenSet> {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      clientAuth,
      old.refreshToken,
      options,
    );
    if (!response.ok) throw await toRefusal(response, refreshRefusal);
    const tokens = await readTokenSet(response, old.scope);
    return { ...tokens, refreshToken: tokens.refreshToken ?? old.refreshToken };
  }

  /** RFC 7009 §2.1. With a refresh token, the provider is to end the access tokens of the same grant too. */
  async function revoke(token: string): Promise<void> {
    if (!provider.revocationEndpoint) return;
    const signal = AbortSignal.timeout(REVOCATION_TIMEOUT_MS);
    const response = await oauth.revocationRequest(server, client, clientAuth, token, { ...options, signal });
    if (!response.ok)
      throw new ApiError('provider_bad_response', { cause: { name: `HTTP ${response.status}` } });
  }

  async function readTokenSet(response: Response, requestedScope: string): Promise<TokenSet> {
    try {
      // Extras are not ours to judge. An id_token, say, would have to be validated, and nobody asked for one.
      const answer = v.parse(TokenAnswer, JSON.parse(await response.text()));
      const checked = new Response(JSON.stringify(answer), response);
      await oauth.processGenericTokenEndpointResponse(server, client, checked);
      return {
        accessToken: answer.access_token,
        expiresInSeconds: answer.expires_in,
        refreshToken: answer.refresh_token,
        // RFC 6749 §5.1: left out if identical to the requested one.
        scope: answer.scope ?? requestedScope,
      };
    } catch (error) {
      throw new ApiError('provider_bad_response', { cause: error });
    }
  }

  return { buildAuthorizationUrl, authorizationCodeGrant, refreshTokenGrant, revoke };
}

/** What the library hands to its `customFetch` where it posts a form. */
interface OAuthRequest {
  method: 'POST';
  headers: Record<string, string>;
  body: URLSearchParams;
  signal?: AbortSignal;
}

/**
 * RFC 6749 §2.3.1: id and secret are form-encoded first. oauth4webapi also encodes `-` and `_`, which is allowed, and
 * fails at the many servers that decode nothing; this leaves them, which works at both.
 */
function clientSecretBasic(clientSecret: string): oauth.ClientAuth {
  return (_server, client, _body, headers) =>
    headers.set(
      'authorization',
      `Basic ${btoa(`${formEncode(client.client_id)}:${formEncode(clientSecret)}`)}`,
    );
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

interface AuthorizationAttempt {
  state: string;
  codeVerifier: string;
  redirectUri: string;
  /** The user who has just signed out may want another account: the provider is to ask again. */
  isAfterSignOut: boolean;
}

interface AuthorizationCodeGrant {
  code: string;
  state: string;
  /** The one of the authorization request (RFC 6749 §4.1.3). */
  redirectUri: string;
  codeVerifier: string;
}

const ONE_HOUR = 3600;
const ONE_DAY = 86_400;

/** RFC 6749 §5.1, with bounds. oauth4webapi checks what the RFC says; this checks what we rely on besides. */
const TokenAnswer = v.object({
  /** RFC 6750 §2.1: b64token, so that it fits into a header. */
  access_token: v.pipe(v.string(), v.regex(/^[\w\-.~+/]+=*$/), v.maxLength(4096)),
  token_type: v.pipe(v.string(), v.regex(/^bearer$/i)),
  /** Seconds; some servers write a string. Without it, we ask again after an hour. */
  expires_in: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?$/), v.transform(Number))]),
      v.finite(),
      v.transform(Math.floor),
      v.minValue(1),
      v.transform((seconds) => Math.min(seconds, ONE_DAY)),
    ),
    ONE_HOUR,
  ),
  refresh_token: v.optional(v.pipe(v.string(), v.regex(/^[\x20-\x7e]+$/))),
  scope: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  /** Some servers report errors with status 200. */
  error: v.optional(v.never()),
});

/** RFC 6749 §5.2: our fault, and nothing the user does will help. */
const CLIENT_NOT_ACCEPTED = new Set(['invalid_client', 'unauthorized_client']);
const REQUEST_NOT_ACCEPTED = new Set(['invalid_request', 'unsupported_grant_type', 'invalid_scope']);

type Refusal = 'code_rejected' | 'session_expired' | 'session_refused' | 'provider_misconfigured';
type ToRefusal = (status: number, error: unknown) => Refusal | undefined;

/** Of the real servers, one answers a code's second use with 403. */
function codeRefusal(status: number, error: unknown): Refusal | undefined {
  if (![400, 401, 403].includes(status)) return undefined;
  const isOurFault =
    typeof error === 'string' && (CLIENT_NOT_ACCEPTED.has(error) || REQUEST_NOT_ACCEPTED.has(error));
  return isOurFault ? 'provider_misconfigured' : 'code_rejected';
}

/**
 * Only `invalid_grant` ends a session. Of the real servers, one refuses a dead refresh token with an empty 400
 * and one with `invalid_request`: the user has to sign in again, but the cookie stays in case it was a slip.
 */
function refreshRefusal(status: number, error: unknown): Refusal | undefined {
  if (![400, 401].includes(status)) return undefined;
  if (error === 'invalid_grant') return 'session_expired';
  return typeof error === 'string' && CLIENT_NOT_ACCEPTED.has(error)
    ? 'provider_misconfigured'
    : 'session_refused';
}

/** What the endpoint says in place of tokens: RFC 6749 §5.2 where it keeps to it, and what real servers say where not. */
async function toRefusal(response: Response, toCode: ToRefusal): Promise<ApiError> {
  const { status, headers } = response;
  const contentType = headers.get('content-type') ?? '';
  const body = await response.text();
  const cause = { name: `HTTP ${status}` };
  if (
    status >= 500 ||
    status === 429 ||
    ([400, 401, 403].includes(status) && isHtml({ contentType, body }))
  ) {
    return new ApiError('provider_unavailable', {
      cause,
      headers: boundedRetryAfter(headers.get('retry-after') ?? ''),
    });
  }
  return new ApiError(toCode(status, readErrorCode(body)) ?? 'provider_bad_response', { cause });
}

function readErrorCode(body: string): unknown {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
  } catch {
    return undefined;
  }
}
