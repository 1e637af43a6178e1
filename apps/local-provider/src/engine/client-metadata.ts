import type { ClientMetadata } from 'oidc-provider';
import type { RegisteredApp } from '../config.ts';

/** Describes an app to the engine. Redirect URIs are compared as exact strings (RFC 9700 §2.1). */
export function clientMetadataOf(app: RegisteredApp): ClientMetadata {
  return {
    client_id: app.clientId,
    client_secret: app.clientSecret,
    client_name: app.name,
    redirect_uris: [app.redirectUri, ...(app.serverRedirectUri ? [app.serverRedirectUri] : [])],
    // The engine accepts client_secret_basic as well from every client that has a secret.
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    response_modes: ['query'],
  };
}
