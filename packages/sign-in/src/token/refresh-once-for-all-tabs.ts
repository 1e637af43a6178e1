import type { TokenResponse } from '@oneclick/shared/messages';
import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import { parseTokenResponse } from '../api/api-answers.ts';
import type { ApiClient } from '../api/api-client.ts';
import { withSessionLock } from '../session/session-lock.ts';
import type { SessionStore } from '../session/session-store.ts';
import { SignInError } from '../sign-in-error.ts';
import { startStopwatch } from './stopwatch.ts';

/** Resolves to a usable access token. `refused`: the token that was answered with 401. */
export type Refresh = (refused?: string) => Promise<string>;

/**
 * Refreshes the access token once for all callers of this tab and for all tabs. The tabs take turns under the session
 * lock, and each asks `POST /api/oauth/session`: the API refreshes only if the token is due, so the first tab causes
 * the refresh and the others receive its result. Only if the API still answers with the refused token does the tab
 * ask for a refresh. The refresh token stays in the API's cookie.
 */
export function createRefresh({
  api,
  store,
  onRefreshed,
}: {
  api: ApiClient;
  store: Pick<SessionStore, 'generation'>;
  onRefreshed: (response: TokenResponse) => void;
}): Refresh {
  const inFlight = new Map<string, Promise<string>>();
  /** The last error with `Retry-After`. No request is sent before that time has passed. */
  let lastRefusal: { error: unknown; retryAfterMs: number; elapsedMs: () => number } | undefined;

  async function refresh(refused: string | undefined): Promise<string> {
    const startedIn = store.generation();
    const throwIfOver = () => {
      if (startedIn !== store.generation()) throw new SignInError('no_session', { status: 401 });
    };
    return withSessionLock(async () => {
      throwIfOver();
      let response = await api.post(WEB_APP_CALLS.session, { parse: parseTokenResponse });
      throwIfOver();
      if (response.access_token === refused) {
        response = await api.post(WEB_APP_CALLS.refreshToken, { parse: parseTokenResponse });
        throwIfOver();
      }
      onRefreshed(response);
      // The response may belong to another session: then the caller must not use its token for the former user's request.
      throwIfOver();
      return response.access_token;
    });
  }

  async function refreshAndHeedRetryAfter(refused: string | undefined): Promise<string> {
    if (lastRefusal && lastRefusal.elapsedMs() < lastRefusal.retryAfterMs) throw lastRefusal.error;
    try {
      return await refresh(refused);
    } catch (error) {
      const { retryAfterMs } = SignInError.from(error);
      if (retryAfterMs !== undefined) lastRefusal = { error, retryAfterMs, elapsedMs: startStopwatch() };
      throw error;
    }
  }

  return (refused) => {
    // One per generation: a refresh of an earlier sign-in must not answer for this one.
    const key = `${store.generation()} ${refused ?? ''}`;
    let refreshing = inFlight.get(key);
    if (!refreshing) {
      refreshing = refreshAndHeedRetryAfter(refused).finally(() => inFlight.delete(key));
      inFlight.set(key, refreshing);
    }
    return refreshing;
  };
}
