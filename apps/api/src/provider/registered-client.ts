import * as oauth from 'oauth4webapi';
import type { ProviderConfig } from '../config.ts';
import type { ProviderFetch } from './provider-fetch.ts';

/** This app as registered at the provider, in the form in which oauth4webapi takes it for every request. */
export interface RegisteredClient {
  server: oauth.AuthorizationServer;
  client: oauth.Client;
  clientAuth: oauth.ClientAuth;
  options: oauth.TokenEndpointRequestOptions;
}

export function createRegisteredClient(
  provider: ProviderConfig,
  providerFetch: ProviderFetch,
): RegisteredClient {
  return {
    server: {
      // The provider publishes no issuer. The library requires one, but compares it with `iss` only.
      issuer: new URL(provider.tokenEndpoint).origin,
      token_endpoint: provider.tokenEndpoint,
      ...(provider.revocationEndpoint && { revocation_endpoint: provider.revocationEndpoint }),
    },
    client: { client_id: provider.clientId },
    clientAuth:
      provider.clientAuth === 'client_secret_basic'
        ? clientSecretBasic(provider.clientSecret)
        : oauth.ClientSecretPost(provider.clientSecret),
    options: {
      [oauth.customFetch]: fetchAsResponse(providerFetch),
      // The configuration accepts plain http for loopback hosts only.
      [oauth.allowInsecureRequests]: true,
    },
  };
}

/** The library expects a `Response`. It contains only the headers that are read afterwards. */
function fetchAsResponse(providerFetch: ProviderFetch) {
  return async (
    url: string,
    { method, headers, body, signal }: oauth.CustomFetchOptions<'POST', URLSearchParams>,
  ): Promise<Response> => {
    const request = { method, headers, body: body.toString(), ...(signal && { signal }) };
    const { status, contentType, retryAfter, body: text } = await providerFetch(url, request);
    // `new Response` throws if a response with one of these two statuses has a body.
    const hasNoBody = status === 204 || status === 205;
    return new Response(hasNoBody ? null : text, {
      status,
      headers: { 'content-type': contentType, 'retry-after': retryAfter },
    });
  };
}

/**
 * RFC 6749 §2.3.1: id and secret are form-encoded first. oauth4webapi also encodes `-` and `_`, which is allowed but
 * fails at the many servers that decode nothing. This function leaves both as they are, which works everywhere.
 */
function clientSecretBasic(clientSecret: string): oauth.ClientAuth {
  return (_server, { client_id: clientId }, _body, headers) =>
    headers.set('authorization', `Basic ${btoa(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`);
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
