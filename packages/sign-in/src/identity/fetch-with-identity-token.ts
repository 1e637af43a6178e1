import type { ApiClient } from '../api/api-client.ts';
import { parseTokenUrl } from '../api/token-origins.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { SignInClient } from '../sign-in-client.ts';
import type { Refresh } from '../token/refresh-once-for-all-tabs.ts';
import { createIdentityToken, noSession } from './identity-token.ts';

/** The parts of the client that requests with an identity token need. */
export interface IdentityParts {
  api: ApiClient;
  store: SessionStore;
  token: { read: () => string | undefined; refresh: Refresh };
  /** The servers that may receive the token. */
  ownOrigins: ReadonlySet<string>;
}

/** `fetch` with the identity token, which the caller never sees. */
export function createFetchWithIdentityToken({ ownOrigins, ...parts }: IdentityParts): SignInClient['fetch'] {
  const { store } = parts;
  const identityToken = createIdentityToken(parts);

  return async (target, init = {}) => {
    const { href, origin } = new URL(target, location.href);
    const url = parseTokenUrl(href, ownOrigins);
    if (!url) throw new TypeError(`Not one of ownOrigins: ${origin}`);
    const startedIn = store.generation();
    if (!store.getSession().isSignedIn) throw noSession();

    const send = (token: string) => {
      const headers = new Headers(init.headers);
      headers.set('Authorization', `Bearer ${token}`);
      // On a redirect, a browser before 2023 also sends the Authorization header to the other origin.
      return fetch(url, { ...init, headers, redirect: 'error' });
    };

    let token = await identityToken.read();
    let response = await send(token);
    if (isTokenRefused(response)) {
      identityToken.drop(token);
      // A stream can be read once, so the caller gets the 401. The caller's next request has a fresh token.
      if (!(init.body instanceof ReadableStream)) {
        token = await identityToken.read();
        response = await send(token);
      }
    }
    // The user of this tab has changed meanwhile: the next user must not see this answer.
    if (startedIn !== store.generation()) throw noSession();
    return response;
  };
}

/** RFC 6750 §3.1. Another 401 is about something else than the token, and a fresh one would not help. */
function isTokenRefused({ status, headers }: Response): boolean {
  return (
    status === 401 && /\bBearer\b.*\berror="?invalid_token\b/i.test(headers.get('WWW-Authenticate') ?? '')
  );
}
