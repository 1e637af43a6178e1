import { PATHS } from '@oneclick/shared/paths';
import { Fault } from '../api/fault.ts';
import { parseStartResponse, parseTokenResponse } from '../api/api-answers.ts';
import type { ApiClient } from '../api/api-client.ts';
import { type AuthorizationAttempt, beginAuthorizationAttempt } from './authorization-attempt.ts';
import { createPreparedStart } from './prepared-start.ts';
import type { SessionCore } from '../session/session-core.ts';
import { signInPlace } from './sign-in-place.ts';

export type SignIn = ReturnType<typeof createSignIn>;

/** Signing in: from the pointer that reaches the button to the token, with all that may come between. */
export function createSignIn({
  api,
  core,
  isFramed,
}: {
  api: ApiClient;
  core: SessionCore;
  isFramed: () => boolean;
}) {
  const { show, tell, failSignIn, enterAnew, signOutTold, onForget } = core.inside;
  /** The one whose answer signs in. It may have been lost from sight. */
  let attempt: AuthorizationAttempt | undefined;
  /** Those, too, whose window is to be turned away when it comes back. */
  const attempts = new Set<AuthorizationAttempt>();
  const start = createPreparedStart(async () => {
    // Prepared before the API knows of a sign-out, it would lead back to the same user, and end with that sign-out.
    await signOutTold();
    return api.post(PATHS.start, { body: {}, parse: parseStartResponse });
  });

  onForget(() => {
    start.drop();
    attempt?.cancel();
    attempt = undefined;
  });

  const isAt = (...names: ReturnType<SessionCore['getSnapshot']>['name'][]) =>
    names.includes(core.getSnapshot().name);

  /** When the pointer or the focus reaches the button: the click then goes straight to the provider. */
  function prepareSignIn(): void {
    if (isAt('signed-out', 'ended')) start.prepare();
  }

  /** Call it in the click itself: the window opens before anything is awaited. */
  function signIn(): void {
    // Lost from sight, and begun anew: the same attempt in a new window.
    if (isAt('window-lost')) return showSignInWindow();
    if (!isAt('signed-out', 'ended')) return;
    // In a frame the window's answer would go to another storage partition, and a click may be stolen.
    if (isFramed()) return failSignIn({ code: 'framed' });
    const place = signInPlace();
    tell({ type: 'started', place });
    attempt = beginAuthorizationAttempt({
      start: start.take(),
      place,
      onProgress(progress) {
        if (progress === 'blocked' || progress === 'window-lost') tell({ type: progress });
        if (progress !== 'blocked') show({ name: progress });
      },
    });
    attempts.add(attempt);
    void finish(attempt);
  }

  async function finish(begun: AuthorizationAttempt): Promise<void> {
    try {
      const response = await begun.response;
      if (attempt !== begun) return;
      attempt = undefined;
      tell({ type: 'answered' });
      // The window was faster than the way to the provider in this tab.
      if (isAt('continuing-here')) window.stop();
      if (response === 'finished') return void core.restore();
      show({ name: 'exchanging' });
      // With `error`, too: the API ends the transaction and says which kind of error it is.
      const isSignedIn = await enterAnew(() =>
        api.post(PATHS.exchangeToken, { body: response, parse: parseTokenResponse }),
      );
      if (isSignedIn) tell({ type: 'completed', tookMs: Date.now() - begun.beganAtMs });
    } catch (error) {
      if (attempt && attempt !== begun) return;
      attempt = undefined;
      failSignIn(Fault.from(error).notice);
    }
  }

  /** Opens a window for the same attempt again: the first one is out of our hands. Call it in the click itself. */
  function showSignInWindow(): void {
    if (!attempt) return;
    tell({ type: 'window-opened-again' });
    attempt.showWindow();
  }

  function continueSignInHere(): void {
    if (!attempt || !isAt('window-opening', 'window-waiting', 'window-lost')) return;
    tell({ type: 'continued-here' });
    attempt.continueHere();
  }

  function cancelSignIn(): void {
    if (!attempt) return;
    if (isAt('continuing-here')) window.stop();
    tell({ type: 'cancelled' });
    const cancelledState = attempt.cancel();
    attempt = undefined;
    if (cancelledState !== undefined) void endTransaction(cancelledState);
    // Signed out, unless another tab has signed in meanwhile.
    void core.restore();
  }

  /** Whoever comes back from a cancelled attempt can't finish it anywhere else either. */
  async function endTransaction(state: string): Promise<void> {
    const body = { state, error: 'access_denied' };
    try {
      await api.post(PATHS.exchangeToken, { body, parse: () => undefined, keepalive: true });
    } catch {
      // Its answer is `authorization_denied`. If it was not heard, the transaction ends in ten minutes.
    }
  }

  return {
    prepareSignIn,
    signIn,
    showSignInWindow,
    continueSignInHere,
    cancelSignIn,
    /** Undoes what was set up. */
    close(): void {
      for (const begun of attempts) begun.close();
    },
  };
}
