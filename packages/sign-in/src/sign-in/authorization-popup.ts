import { openWindow } from '../open-window.ts';
import type { StartedTransaction } from './prepared-start.ts';
import { noteTransactionInWindow } from './same-tab.ts';

const WIDTH = 500;
const HEIGHT = 600;
const CLOSED_POLL_MS = 400;

/** The sign-in window. */
export interface AuthorizationPopup {
  /**
   * Sends the window to the provider, unless it was opened there, and calls back once when it seems closed. That is a
   * hint: if the provider's page sends Cross-Origin-Opener-Policy, `closed` is true while the user looks at the window.
   * Returns false if the window can't be sent anywhere.
   */
  goToProvider(transaction: StartedTransaction, onSeemsClosed: () => void): boolean;
  /**
   * Takes the authorization response out of the callback page. Undefined if the window shows another page, or if this tab can't
   * reach the window. The value is not checked.
   */
  takeResponse(state: string): unknown;
  /** Whether the user has closed the window. Certain as long as it shows a page of ours. */
  isClosed(): boolean;
  /** Stops watching the window. Closes it if it shows a page of ours: at the provider this tab can't close it. */
  release(): void;
}

/**
 * Opens the sign-in window: at the provider if the API has said where that is, else on a small page of ours. Call it in
 * the click itself: a browser blocks a window that opens after an awaited request. Returns undefined if it was blocked.
 */
export function openAuthorizationPopup(
  prepared: StartedTransaction | undefined,
): AuthorizationPopup | undefined {
  // Negative on a monitor left of or above the primary one.
  const left = Math.round(window.screenX + (window.outerWidth - WIDTH) / 2);
  const top = Math.round(window.screenY + (window.outerHeight - HEIGHT) / 2);
  // It is disowned. The price: once the window shows another page, this tab can neither close it nor bring it to the front.
  const popup = openWindow(
    prepared?.authorizationUrl,
    `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`,
  );
  if (!popup) return undefined;
  let isAtProvider = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  return {
    goToProvider({ authorizationUrl, channelName }, onSeemsClosed) {
      try {
        if (!prepared) popup.location.replace(authorizationUrl);
      } catch {
        return false;
      }
      // The write may wait for the storage, so the navigation starts first. Until the provider answers, the window shows a
      // document of this origin, whose storage this tab can write.
      if (channelName !== undefined) noteTransactionInWindow(popup, channelName);
      isAtProvider = true;
      timer = setInterval(() => {
        if (!popup.closed) return;
        clearInterval(timer);
        onSeemsClosed();
      }, CLOSED_POLL_MS);
      return true;
    },
    takeResponse(state) {
      try {
        return popup.oneclickTakeResponse?.(state);
      } catch {
        // The window shows a page of another origin: another window of this transaction has arrived.
        return undefined;
      }
    },
    isClosed: () => popup.closed,
    release() {
      clearInterval(timer);
      if (!isAtProvider) popup.close();
    },
  };
}
