import { createHash } from 'node:crypto';
import type { ProviderConfig } from '../config.ts';

export interface AuthorizationRequest {
  state: string;
  codeVerifier: string;
  redirectUri: string;
  /** A user who has signed out may want to use another account, so the provider has to ask. */
  isAfterSignOut: boolean;
}

/** @returns where to send the user: RFC 6749 §4.1.1, RFC 7636 §4.3 */
export function buildAuthorizationUrl(
  provider: ProviderConfig,
  { state, codeVerifier, redirectUri, isAfterSignOut }: AuthorizationRequest,
): string {
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
}
