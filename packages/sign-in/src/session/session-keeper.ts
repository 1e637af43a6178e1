import { isErrorCode } from '@oneclick/shared/error-status';
import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import type { TokenResponse } from '@oneclick/shared/messages';
import type { InitialUserinfoStore } from '../account/initial-userinfo.ts';
import { parseTokenResponse } from '../api/api-answers.ts';
import type { ApiClient } from '../api/api-client.ts';
import { areCookiesBlocked } from '../are-cookies-blocked.ts';
import { WITH_USERINFO } from '../api/cookie-request.ts';
import { type ErrorDetails, SignInError } from '../sign-in-error.ts';
import { type EventLog, failureEvent } from '../sign-in/event-log.ts';
import { type SignInOutcome, takeSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { createAccessToken } from '../token/access-token.ts';
import { createRefresh, type Refresh } from '../token/refresh-once-for-all-tabs.ts';
import type { OtherTabs } from './other-tabs.ts';
import { retryDelayMs } from './retry-delay.ts';
import { readSessionMark, type SessionMark, writeSessionMark } from './session-mark.ts';
import type { SessionStore } from './session-store.ts';
import type { SignOut } from './sign-out.ts';

/** Keeps the user signed in: restores the session, refreshes its token in time, and ends it when the API refuses. */
export interface SessionKeeper {
  /**
   * Asks the API for the session that the browser remembers, and after a sign-in that another page has finished. A
   * visitor who never signed in causes no request.
   * @param options.mark replaces the mark of the browser, where the caller knows better
   * @param options.claimedError from the address of the page. Shown if the API answers that nobody is signed in
   */
  restore(options?: { mark?: SessionMark; claimedError?: ErrorDetails | undefined }): Promise<void>;
  /** Retries now what failed for a passing reason, and removes its warning. */
  tryAgain(this: void): void;
  /** Signs the user in with this token, or stores the token after a refresh. */
  setSignedIn(response: TokenResponse): void;
  /** Ends the session after a 401. The session then has the error. */
  endSession(this: void, error: SignInError): void;
  refreshIfDue(this: void): void;
  /** Undefined if there is no token or it has expired. */
  readToken(this: void): string | undefined;
  /** Refreshes the token, or ends the session if the API refuses. */
  refreshOrEnd: Refresh;
}

export function createSessionKeeper({
  api,
  store,
  events,
  otherTabs,
  signOut,
  initialUserinfo,
  takeEarlySession,
}: {
  api: ApiClient;
  store: SessionStore;
  events: EventLog;
  otherTabs: OtherTabs;
  signOut: Pick<SignOut, 'report'>;
  initialUserinfo: Pick<InitialUserinfoStore, 'take'>;
  /** The answer to a request for the session that was sent before this client was created. */
  takeEarlySession: () => { response: Promise<Response> } | undefined;
}): SessionKeeper {
  let failedTries = 0;
  let restoreTimer: ReturnType<typeof setTimeout> | undefined;
  let restoreAgain = () => void restore();
  const accessToken = createAccessToken({ onRefreshDue: () => void refreshInTime() });
  const refresh = createRefresh({ api, store, onRefreshed: setSignedIn });

  store.onGenerationEnd(() => {
    clearTimeout(restoreTimer);
    accessToken.forget();
  });

  function setSignedIn(response: TokenResponse): void {
    const session = store.getSession();
    // The cookie belongs to another sign-in by now: drop everything of the former user.
    if (session.isSignedIn && session.sessionId !== response.session_id) {
      store.startGeneration({ status: 'loading' });
    }
    failedTries = 0;
    accessToken.store(response);
    initialUserinfo.take(response);
    writeSessionMark('signed-in');
    store.transition({
      status: 'signed-in',
      sessionId: response.session_id,
      scopes: response.scope.split(' ').filter(Boolean),
    });
  }

  function endSession(error: SignInError): void {
    // After `session_refused` the cookie is kept: it may have been the provider's slip, and a reload asks again.
    if (error.code !== 'session_refused') writeSessionMark('none');
    const session = store.getSession();
    if (session.isSignedIn) {
      otherTabs.post({ type: 'session-ended', sessionId: session.sessionId, error: error.details });
    }
    const wasNeverThere = error.code === 'no_session' || error.code === 'session_invalid';
    store.startGeneration(
      wasNeverThere && session.status === 'loading'
        ? { status: 'signed-out', step: 'idle' }
        : { status: 'signed-out', step: 'ended', error: error.details },
    );
  }

  async function restore(
    options: Parameters<SessionKeeper['restore']>[0] & { outcome?: SignInOutcome | undefined } = {},
  ): Promise<void> {
    const { mark = readSessionMark(), claimedError, outcome = takeSignInOutcome() } = options;
    const completed = outcome && 'isCompleted' in outcome ? outcome : undefined;
    const error = outcome && 'code' in outcome ? outcome : undefined;
    if (error) events.record(failureEvent(error));
    // Taken also if it is not used: a later restore must not find an outdated answer.
    const early = takeEarlySession();
    if (mark === 'sign-out-pending') signOut.report();
    const session = store.getSession();
    // A warning stays on the screen while the request is retried by itself.
    store.startGeneration(session.status === 'loading' ? session : { status: 'loading' });
    if (areCookiesBlocked()) return showSignedOut({ code: 'cookies_blocked' });
    if (mark === 'sign-out-pending' || (mark === 'none' && !completed && !claimedError)) {
      return showSignedOut(error);
    }
    // The outcome and the claimed error were removed from where they were read: a repetition needs them again.
    restoreAgain = () => void restore({ ...options, outcome: completed });
    const startedIn = store.generation();
    try {
      const response = await api.post(WEB_APP_CALLS.session + WITH_USERINFO, {
        parse: parseTokenResponse,
        ...early,
      });
      if (startedIn !== store.generation()) return;
      setSignedIn(response);
      if (!completed) return;
      otherTabs.post({ type: 'signed-in' });
      events.record({
        type: 'completed',
        ...(completed.tookMs !== undefined && { tookMs: completed.tookMs }),
      });
    } catch (cause) {
      if (startedIn !== store.generation()) return;
      const failure = SignInError.from(cause);
      const isRefused = endsSession(failure);
      if (isRefused) endSession(failure);
      if (claimedError && (isRefused || mark === 'none')) {
        events.record(failureEvent(claimedError));
        showSignedOut(claimedError);
      } else if (!isRefused) {
        store.setWarning(failure.details);
        restoreTimer = setTimeout(restoreAgain, retryDelayMs(failedTries++, failure));
      }
    }
  }

  function showSignedOut(error: ErrorDetails | undefined): void {
    store.transition({ status: 'signed-out', step: 'idle', ...(error && { error }) });
  }

  /** Shortly before the token expires. After a passing failure, the token is used until its end. */
  async function refreshInTime(): Promise<void> {
    const startedIn = store.generation();
    try {
      await refreshOrEnd();
    } catch (error) {
      if (startedIn !== store.generation()) return;
      const failure = SignInError.from(error);
      if (accessToken.read() === undefined) store.setWarning(failure.details);
      accessToken.postponeRefresh(retryDelayMs(failedTries++, failure));
    }
  }

  async function refreshOrEnd(refused?: string): Promise<string> {
    const startedIn = store.generation();
    try {
      return await refresh(refused);
    } catch (error) {
      const failure = SignInError.from(error);
      if (endsSession(failure) && startedIn === store.generation()) endSession(failure);
      throw failure;
    }
  }

  return {
    restore,
    tryAgain() {
      store.setWarning();
      if (store.getSession().status === 'loading') return restoreAgain();
      if (failedTries > 0) accessToken.postponeRefresh(0);
      else accessToken.refreshIfDue();
    },
    setSignedIn,
    endSession,
    refreshIfDue: accessToken.refreshIfDue,
    readToken: accessToken.read,
    refreshOrEnd,
  };
}

/** Whether the API says that nobody is signed in. The 401 of a proxy or of another server has no code of the API's. */
function endsSession({ status, code }: SignInError): boolean {
  return status === 401 && isErrorCode(code);
}
