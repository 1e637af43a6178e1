import type { ApiClient } from '../api/api-client.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { SignInClient } from '../sign-in-client.ts';
import { SignInError } from '../sign-in-error.ts';
import type { Refresh } from './refresh-once-for-all-tabs.ts';
import { retryOnceOn401 } from './retry-once-on-401.ts';

/** A GET with the access token, which the caller never sees. */
export function createFetchWithAccessToken({
  api,
  store,
  token,
  endSession,
}: {
  api: ApiClient;
  store: SessionStore;
  token: { read: () => string | undefined; refresh: Refresh };
  endSession: (error: SignInError) => void;
}): SignInClient['fetchWithAccessToken'] {
  return async (target, options) => {
    const startedIn = store.generation();
    if (!store.getSession().isSignedIn) throw new SignInError('no_session', { status: 401 });
    try {
      const answer = await retryOnceOn401(
        (accessToken) => api.get(target, { accessToken, ...options }),
        token,
      );
      // The user of this tab has changed meanwhile: the next user must not see this answer.
      if (startedIn !== store.generation()) throw new SignInError('no_session', { status: 401 });
      return answer;
    } catch (error) {
      // The retry was refused, too: the user signs in again.
      const isRefused = error instanceof SignInError && error.code === 'invalid_token';
      if (isRefused && startedIn === store.generation()) endSession(error);
      throw error;
    }
  };
}
