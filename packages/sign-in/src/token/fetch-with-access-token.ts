import { Fault } from '../api/fault.ts';
import type { ApiClient } from '../api/api-client.ts';
import { retryOnceOn401 } from './retry-once-on-401.ts';
import type { SessionCore } from '../session/session-core.ts';

export type FetchWithAccessToken = <T>(
  path: string,
  options: { parse: (body: unknown) => T; signal?: AbortSignal },
) => Promise<T>;

/** Gives the screens a GET of the API's with the access token, which they never see. */
export function createFetchWithAccessToken({
  api,
  core,
}: {
  api: ApiClient;
  core: SessionCore;
}): FetchWithAccessToken {
  const { epoch, token, endSession } = core.inside;
  return async (path, options) => {
    const askedIn = epoch();
    if (core.getSnapshot().name !== 'signed-in') throw new Fault('no_session', { status: 401 });
    try {
      const answer = await retryOnceOn401((accessToken) => api.get(path, { accessToken, ...options }), token);
      if (askedIn !== epoch()) throw new Fault('no_session', { status: 401 });
      return answer;
    } catch (error) {
      // Refused with a token that is fresh: signing in again is all that can help.
      if (error instanceof Fault && error.code === 'invalid_token' && askedIn === epoch()) endSession(error);
      throw error;
    }
  };
}
