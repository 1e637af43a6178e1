import * as oauth from 'oauth4webapi';
import type { Config } from '../config.ts';

/** Adds the credentials of the client to the body or the headers of a token request (RFC 6749 §2.3.1). */
export function createClientAuth({
  provider,
  secrets,
}: Pick<Config, 'provider' | 'secrets'>): oauth.ClientAuth {
  const authenticate =
    provider.clientAuth === 'client_secret_basic' ? clientSecretBasic : oauth.ClientSecretPost;
  // The secret may be replaced while the API runs.
  return (...request) => authenticate(secrets.clientSecret)(...request);
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
