import { WEB_PATHS } from '@oneclick/shared/paths';
import { openWindow } from '../open-window.ts';
import type { StartedTransaction } from './prepared-start.ts';
import { noteTransactionInWindow } from './same-tab.ts';

const WIDTH = 500;
const HEIGHT = 600;
const CLOSED_POLL_MS = 400;

/** The sign-in window. */
export interface AuthorizationPopup {
  /**
   * Sends the window to the provider, and calls back once when it seems closed. That is a hint: if the provider's page
   * sends Cross-Origin-Opener-Policy, `closed` is true while the user looks at the window. Returns false if the window
   * can't be sent anywhere.
   */
  goToProvider(transaction: StartedTransaction, onSeemsClosed: () => void): boolean;
  /** Whether the user has closed the window. Certain as long as it shows a page of ours. */
  isClosed(): boolean;
  /** Stops watching the window. Closes it if it shows a page of ours: at the provider this tab can't close it. */
  release(): void;
}

/**
 * Opens the sign-in window: empty if it goes to the provider at once, else on a small page of ours. Call it in the
 * click itself: a browser blocks a window that opens after an awaited request. Returns undefined if it was blocked.
 */
export function openAuthorizationPopup({ isEmpty }: { isEmpty: boolean }): AuthorizationPopup | undefined {
  // Negative on a monitor left of or above the primary one.
  const left = Math.round(window.screenX + (window.outerWidth - WIDTH) / 2);
  const top = Math.round(window.screenY + (window.outerHeight - HEIGHT) / 2);
  // It is disowned while it shows a page of ours. The price: once the window has left, this tab can neither close it nor
  // bring it to the front.
  const popup = openWindow(
    isEmpty ? '' : WEB_PATHS.opening,
    `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`,
  );
  if (!popup) return undefined;
  let isAtProvider = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  return {
    goToProvider({ authorizationUrl, channelName }, onSeemsClosed) {
      try {
        popup.location.replace(authorizationUrl);
      } catch {
        return false;
      }
      // The write may wait for the storage, so the navigation starts first. The window shows our page until the provider answers.
      if (channelName !== undefined) noteTransactionInWindow(popup, channelName);
      isAtProvider = true;
      timer = setInterval(() => {
        if (!popup.closed) return;
        clearInterval(timer);
        onSeemsClosed();
      }, CLOSED_POLL_MS);
      return true;
    },
    isClosed: () => popup.closed,
    release() {
      clearInterval(timer);
      if (!isAtProvider) popup.close();
    },
  };
}
