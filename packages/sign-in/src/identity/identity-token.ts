import { IDENTITY_TOKEN_PATH } from '@oneclick/shared/identity-token-path';
import type { ApiClient } from '../api/api-client.ts';
import { recordFrom } from '../record.ts';
import type { SessionStore } from '../session/session-store.ts';
import { SignInError } from '../sign-in-error.ts';
import type { Refresh } from '../token/refresh-once-for-all-tabs.ts';
import { retryOnceOn401 } from '../token/retry-once-on-401.ts';
import { startStopwatch } from '../token/stopwatch.ts';

/** For the way to the server, and for a server whose clock is ahead. */
const MARGIN_MS = 30_000;

/** The token that tells the app's own servers who is signed in. In memory only. */
export interface IdentityToken {
  /** Asks the API unless there is a token that is valid for a while. Callers at the same time share one request. */
  read(): Promise<string>;
  /** Forgets this token, which a server has refused. */
  drop(refused: string): void;
}

export function createIdentityToken({
  api,
  store,
  token,
}: {
  api: ApiClient;
  store: SessionStore;
  token: { read: () => string | undefined; refresh: Refresh };
}): IdentityToken {
  let current: { value: string; isFresh: () => boolean } | undefined;
  let requested: Promise<string> | undefined;
  store.onGenerationEnd(() => {
    current = undefined;
    requested = undefined;
  });

  async function request(): Promise<string> {
    const startedIn = store.generation();
    const session = store.getSession();
    const elapsedMs = startStopwatch();
    // The route reads the cookie. After a 401, the refresh of the access token restores the session or ends it.
    const { value, expiresInMs, sessionId } = await retryOnceOn401(
      () => api.post(IDENTITY_TOKEN_PATH, { parse: parseIdentityToken }),
      token,
    );
    if (startedIn !== store.generation()) throw noSession();
    if (!session.isSignedIn || session.sessionId !== sessionId) {
      // The cookie belongs to the next user by now. The refresh signs that user in, or throws.
      await token.refresh();
      throw noSession();
    }
    current = { value, isFresh: () => elapsedMs() < expiresInMs - MARGIN_MS };
    return value;
  }

  return {
    async read() {
      if (current?.isFresh()) return current.value;
      if (requested) return requested;
      const started = request().finally(() => {
        if (requested === started) requested = undefined;
      });
      requested = started;
      return started;
    },
    drop(refused) {
      if (current?.value === refused) current = undefined;
    },
  };
}

/** For a request whose user is not signed in any more. */
export function noSession(): SignInError {
  return new SignInError('no_session', { status: 401 });
}

/** @throws if the body is not an identity token response, or the token is no JWT of a session */
function parseIdentityToken(body: unknown): { value: string; expiresInMs: number; sessionId: string } {
  const { identity_token: value, expires_in: seconds } = recordFrom(body);
  if (typeof value !== 'string' || typeof seconds !== 'number') throw new TypeError('unexpected answer');
  const [, payload = ''] = value.split('.');
  const { sid } = recordFrom(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))));
  if (typeof sid !== 'string') throw new TypeError('unexpected answer');
  return { value, expiresInMs: seconds * 1000, sessionId: sid };
}
