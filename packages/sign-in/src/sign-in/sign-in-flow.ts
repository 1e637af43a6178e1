import type { TokenResponse } from '@oneclick/shared/messages';
import { WEB_APP_CALLS } from '@oneclick/shared/paths';
import { parseStartResponse } from '../api/api-answers.ts';
import type { ApiClient } from '../api/api-client.ts';
import { areCookiesBlocked } from '../are-cookies-blocked.ts';
import { handOverChannelName } from '../hand-over/hand-over-channel.ts';
import type { OpenTransaction } from '../session/session.ts';
import type { SessionKeeper } from '../session/session-keeper.ts';
import { mayFollow, type SessionStep, stepOf } from '../session/session-machine.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { SignInClient, SignInRequest } from '../sign-in-client.ts';
import type { ErrorDetails } from '../sign-in-error.ts';
import { type EventLog, failureEvent } from './event-log.ts';
import { explainExchangeError } from './explain-exchange-error.ts';
import { endTransaction, postAuthorizationResponse } from './post-authorization-response.ts';
import { createPreparedStart } from './prepared-start.ts';
import type { SignInEvent } from './sign-in-event.ts';
import { defaultSignInMode } from './sign-in-mode.ts';
import { startTransaction, type Transaction } from './transaction.ts';

export interface SignInFlow extends Pick<SignInClient, 'prepareSignIn' | 'signIn'> {
  /** Another tab has signed in. This tab restores that session, after its own sign-in if it has one. */
  onSignedInElsewhere(): void;
}

/** Runs a sign-in, from the pointer that reaches the button to the access token. */
export function createSignInFlow({
  api,
  store,
  events,
  isFramed,
  signOutReported,
  onSignedIn,
  restore,
  closing,
}: {
  api: ApiClient;
  store: SessionStore;
  events: EventLog;
  /** Whether another page shows this one in a frame. */
  isFramed: () => boolean;
  signOutReported: () => Promise<void>;
  onSignedIn: (response: TokenResponse) => void;
  restore: SessionKeeper['restore'];
  closing: AbortSignal;
}): SignInFlow {
  /** The transaction whose response signs in. */
  let transaction: Transaction | undefined;
  let hasSignedInElsewhere = false;

  /**
   * The session of a sign-in that another page of this browser has finished. That page has also written the mark, but
   * its message may arrive before this tab can read the mark.
   */
  const restoreNewSession = () => restore({ mark: 'signed-in' });

  const preparedStart = createPreparedStart(async () => {
    await signOutReported();
    const started = await api.post(WEB_APP_CALLS.start, { body: {}, parse: parseStartResponse });
    // Before the click, in which the window has to leave.
    const channelName = await handOverChannelName(started.state).catch(() => undefined);
    return { ...started, channelName };
  });

  store.onGenerationEnd(() => {
    hasSignedInElsewhere = false;
    preparedStart.drop();
    transaction?.cancel();
    transaction = undefined;
  });

  function signIn({ mode, returnTo }: SignInRequest = {}): void {
    const session = store.getSession();
    if (session.status !== 'signed-out') return;
    if (session.step === 'window-lost') {
      const { continueHere, showWindow } = session.transaction;
      return mode === 'redirect' ? continueHere?.() : showWindow?.();
    }
    // In a frame the response would go to another storage partition, and the click may be stolen.
    if (isFramed()) return fail({ code: 'framed' });
    if (areCookiesBlocked()) return fail({ code: 'cookies_blocked' });
    const usedMode = mode === 'redirect' ? mode : defaultSignInMode();
    events.record({ type: 'started', mode: usedMode });
    const started = startTransaction({
      start: preparedStart.take(),
      mode: usedMode,
      returnTo,
      closing,
      onStep(step) {
        if (step === 'window-blocked' || step === 'window-lost') events.record({ type: step });
        if (step === 'window-blocked') return;
        const open = { transaction: openTransaction(() => started, step) };
        store.transition(
          step === 'window-lost'
            ? { status: 'signed-out', step, ...open }
            : { status: 'signing-in', step, ...open },
        );
      },
    });
    transaction = started;
    void finish(started);
  }

  /** The actions that the user can take at this step. */
  function openTransaction(started: () => Transaction, step: SessionStep): OpenTransaction {
    /** Does nothing if the transaction has ended, or if the session has gone on to a step without this action. */
    const action = (next: SessionStep, event: SignInEvent, run: (open: Transaction) => void) => () => {
      const open = started();
      if (transaction !== open || !mayFollow(next, stepOf(store.getSession()))) return;
      events.record(event);
      run(open);
    };
    const isAtProvider = step === 'waiting-for-provider' || step === 'window-lost';
    return {
      ...(isAtProvider && {
        showWindow: action('opening-window', { type: 'window-opened-again' }, (open) => open.showWindow()),
      }),
      ...(step !== 'redirecting' && {
        continueHere: action('redirecting', { type: 'continued-here' }, (open) => open.continueHere()),
      }),
      cancel: action('idle', { type: 'cancelled' }, cancel),
    };
  }

  async function finish({ response, startedAtMs, withLock }: Transaction): Promise<void> {
    const startedIn = store.generation();
    try {
      const accepted = await response;
      if (startedIn !== store.generation()) return;
      transaction = undefined;
      events.record({ type: 'answered' });
      stopRedirect();
      if (accepted === 'finished') return void restoreNewSession();
      const isWanted = () => startedIn === store.generation();
      // The request is sent before the app renders the next step.
      const exchange = postAuthorizationResponse(api, accepted, { isWanted, withLock });
      store.transition({ status: 'signing-in', step: 'exchanging-code' });
      const token = await exchange;
      if (startedIn !== store.generation()) return;
      onSignedIn(token);
      events.record({ type: 'completed', tookMs: Date.now() - startedAtMs });
    } catch (error) {
      if (startedIn !== store.generation()) return;
      transaction = undefined;
      fail(explainExchangeError(api, error).details);
    }
  }

  function cancel(open: Transaction): void {
    stopRedirect();
    transaction = undefined;
    const state = open.cancel();
    if (state !== undefined) void endTransaction(api, state);
    // Signed out, unless another tab has signed in meanwhile.
    void (hasSignedInElsewhere ? restoreNewSession() : restore());
  }

  /** The window has answered, or the user has cancelled, before this tab has left for the provider. */
  function stopRedirect(): void {
    if (stepOf(store.getSession()) === 'redirecting') window.stop();
  }

  function fail(error: ErrorDetails): void {
    events.record(failureEvent(error));
    if (hasSignedInElsewhere) void restoreNewSession();
    else store.transition({ status: 'signed-out', step: 'idle', error });
  }

  return {
    prepareSignIn() {
      const session = store.getSession();
      if (session.status !== 'signed-out' || session.step === 'window-lost' || areCookiesBlocked()) return;
      preparedStart.prepare();
    },
    signIn,
    onSignedInElsewhere() {
      if (store.getSession().status === 'signing-in') hasSignedInElsewhere = true;
      else void restoreNewSession();
    },
  };
}
