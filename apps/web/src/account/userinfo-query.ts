import { Userinfo } from '@oneclick/shared/messages';
import { PATHS } from '@oneclick/shared/paths';
import { queryOptions } from '@tanstack/react-query';
import * as v from 'valibot';
import type { Session } from '@oneclick/sign-in/src/session/tab-session.ts';
import { Fault } from '@oneclick/sign-in/src/api/fault.ts';

const STALE_AFTER_MS = 30_000;
const TRY_AGAIN_AFTER_MS = 15_000;
/** By chance, so that a thousand tabs don't come back in the same second. */
const SPREAD = 0.25 * Math.random();
const TRIES = 3;

/**
 * Who is signed in, and what they have left. Kept by session id, so that nothing of one user is ever shown to
 * the next. A 401 is not retried here: fetchWithAccessToken has refreshed and retried already.
 */
export function userinfoQuery(session: Pick<Session, 'fetchWithAccessToken'>, sessionId: string) {
  return queryOptions({
    queryKey: ['userinfo', sessionId],
    queryFn: ({ signal }) =>
      session.fetchWithAccessToken(PATHS.userinfo, {
        parse: (body) => v.parse(Userinfo, body),
        signal,
      }),
    staleTime: STALE_AFTER_MS,
    retry(failures, error) {
      const { retryable, retryAfterMs } = Fault.from(error);
      return retryable && retryAfterMs === undefined && failures < TRIES - 1;
    },
    // While it fails it goes on trying, over the last known data; never earlier than `Retry-After` asks.
    refetchInterval({ state }) {
      if (state.status !== 'error') return false;
      const { retryable, retryAfterMs = TRY_AGAIN_AFTER_MS } = Fault.from(state.error);
      return retryable && retryAfterMs * (1 + SPREAD);
    },
  });
}
