import { acceptInTab, type AcceptedResponse, type TabListener } from '../hand-over/accept-in-tab.ts';
import { promiseWithResolvers } from '../promise-with-resolvers.ts';
import { reserveSessionLock, withSessionLock } from '../session/session-lock.ts';
import { SignInError } from '../sign-in-error.ts';
import { type AuthorizationPopup, openAuthorizationPopup } from './authorization-popup.ts';
import type { Start } from './prepared-start.ts';
import { goToProviderInSameTab } from './same-tab.ts';

/** The steps of a transaction. All but `window-blocked` are steps of the session, too. */
type TransactionStep =
  'opening-window' | 'window-blocked' | 'waiting-for-provider' | 'window-lost' | 'redirecting';

/** The time between the click and the authorization response. */
export interface Transaction {
  /** The authorization response. Rejects with a SignInError. Never settles after `cancel`. */
  response: Promise<AcceptedResponse>;
  /** Milliseconds since the Unix epoch. */
  startedAtMs: number;
  /** For the exchange: the session lock. It is reserved when a window leaves, for a provider that answers at once. */
  withLock: typeof withSessionLock;
  /** Opens a window for the same transaction once more. Call it in the click itself. */
  showWindow(): void;
  /** Goes on in this tab instead of the window. */
  continueHere(): void;
  /** Ends the transaction: a late response is refused. Returns its `state`, if it has one yet. */
  cancel(): string | undefined;
}

/**
 * Starts a transaction. Call it in the click itself. Its place is a window, or this tab: by choice, because the
 * browser blocked the window, or because the user changed their mind. After its end it still answers windows that
 * come back, until the transaction expires or the client is closed.
 */
export function startTransaction({
  start,
  mode,
  returnTo,
  onStep,
  closing,
}: {
  start: Start;
  mode: 'popup' | 'redirect';
  returnTo: string | undefined;
  onStep: (step: TransactionStep) => void;
  closing: AbortSignal;
}): Transaction {
  const startedAtMs = Date.now();
  const { promise: response, resolve, reject } = promiseWithResolvers<AcceptedResponse>();
  let ready = start.ready;
  let place: AuthorizationPopup | 'this-tab' | undefined;
  let hasWindowAtProvider = false;
  let hasEnded = false;
  let listener: TabListener | undefined;
  let reservedLock: typeof withSessionLock | undefined;

  function showWindow(): void {
    leavePlace();
    const popup = openAuthorizationPopup(ready);
    if (!popup) return continueWithoutWindow();
    place = popup;
    onStep('opening-window');
    goToProvider();
  }

  function continueWithoutWindow(): void {
    onStep('window-blocked');
    continueHere();
  }

  function continueHere(): void {
    leavePlace();
    place = 'this-tab';
    onStep('redirecting');
    goToProvider();
  }

  /** Does nothing until the API has said where the provider is. */
  function goToProvider(): void {
    if (!ready) return;
    if (place === 'this-tab') {
      goToProviderInSameTab({
        start: ready,
        startedAtMs,
        returnTo,
        leavesWindow: hasWindowAtProvider,
      }).catch(fail);
    } else if (place?.goToProvider(ready, () => onStep('window-lost'))) {
      hasWindowAtProvider = true;
      reservedLock ??= reserveSessionLock();
      onStep('waiting-for-provider');
    } else {
      continueWithoutWindow();
    }
  }

  async function run(): Promise<void> {
    if (!ready) {
      ready = await start.answer;
      if (hasEnded) return;
      if (place !== 'this-tab' && place?.isClosed()) {
        if (!(await isCutOff())) throw new SignInError('window_closed');
        if (!hasEnded) continueWithoutWindow();
      } else goToProvider();
    }
    // Without a window at the provider, nothing can be handed over to this tab.
    if (place === 'this-tab') return;
    // The callback page repeats its request, so the window may be faster than this.
    listener = await acceptInTab(ready.state, {
      takeFromWindow: (state) => (place === 'this-tab' ? undefined : place?.takeResponse(state)),
    });
    if (closing.aborted) return listener.close();
    if (hasEnded) listener.refuse();
    const expiry = setTimeout(() => {
      stopListening();
      fail(new SignInError('transaction_expired'));
    }, ready.expiresIn * 1000);
    function stopListening(): void {
      clearTimeout(expiry);
      listener?.close();
      closing.removeEventListener('abort', stopListening);
    }
    closing.addEventListener('abort', stopListening);

    const accepted = await listener.response;
    end();
    resolve(accepted);
  }

  function fail(error: unknown): void {
    if (hasEnded) return;
    end();
    reject(SignInError.from(error));
  }

  function end(): void {
    hasEnded = true;
    leavePlace();
  }

  function leavePlace(): void {
    if (place !== 'this-tab') place?.release();
  }

  if (mode === 'popup') showWindow();
  else continueHere();
  run().catch(fail);

  return {
    response,
    startedAtMs,
    withLock: (work) => (reservedLock ?? withSessionLock)(work),
    showWindow,
    continueHere,
    cancel() {
      end();
      listener?.refuse();
      return ready?.state;
    },
  };
}

/** Whether a window only seems closed. The check is loaded on demand, because few pages send such a header. */
async function isCutOff(): Promise<boolean> {
  try {
    const { isCutOffFromWindow } = await import('./is-cut-off-from-window.ts');
    return await isCutOffFromWindow();
  } catch {
    return false;
  }
}
