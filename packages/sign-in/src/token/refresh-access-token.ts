import type { TokenResponse } from '@oneclick/shared/messages';
import { Fault } from '../api/fault.ts';
import type { createAccessToken } from './access-token.ts';
import { withSessionLock } from '../session/session-lock.ts';
import { startStopwatch } from './stopwatch.ts';

/** As long as another tab's news of its new token may be under way when its lock is free already. */
const NEWS_TAKES_MS = 50;

/**
 * One refresh for all who ask while it is on its way, in this tab and in the others: who has waited for another
 * tab takes the token that it handed over. The refresh token is in the API's cookie; all that comes back is a
 * new access token.
 */
export function createRefresh({
  request,
  epoch,
  token,
  onRefreshed,
}: {
  request: () => Promise<TokenResponse>;
  /** Which sign-in it is. A refresh that was asked for in an earlier one is not joined, and brings nobody back. */
  epoch: () => number;
  token: Pick<ReturnType<typeof createAccessToken>, 'read'>;
  onRefreshed: (response: TokenResponse) => void;
}): () => Promise<string> {
  let underWay: { epoch: number; accessToken: Promise<string> } | undefined;
  /** The last answer that said when to come back. Until then nobody is sent. */
  let toldToWait: { fault: Fault; elapsedMs: () => number } | undefined;

  function refresh(refreshedIn: number): Promise<string> {
    const former = token.read();
    const refuseIfOver = () => {
      if (refreshedIn !== epoch()) throw new Fault('no_session', { status: 401 });
    };
    return withSessionLock(async (hasWaited) => {
      if (hasWaited) await new Promise((resolve) => setTimeout(resolve, NEWS_TAKES_MS));
      refuseIfOver();
      const current = token.read();
      if (current !== undefined && current !== former) return current;
      const response = await request();
      refuseIfOver();
      onRefreshed(response);
      return response.access_token;
    });
  }

  return () => {
    if (underWay?.epoch === epoch()) return underWay.accessToken;
    if (toldToWait && toldToWait.elapsedMs() < (toldToWait.fault.retryAfterMs ?? 0)) {
      return Promise.reject(toldToWait.fault);
    }
    toldToWait = undefined;
    const mine = { epoch: epoch(), accessToken: refresh(epoch()) };
    underWay = mine;
    const done = () => {
      if (underWay === mine) underWay = undefined;
    };
    mine.accessToken.then(done, (error: unknown) => {
      done();
      const fault = Fault.from(error);
      if (fault.retryAfterMs !== undefined) toldToWait = { fault, elapsedMs: startStopwatch() };
    });
    return mine.accessToken;
  };
}
