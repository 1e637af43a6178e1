import { WEB_PATHS } from '@oneclick/shared/paths';

const WIDTH = 500;
const HEIGHT = 600;
const CLOSED_POLL_MS = 400;

export type AuthorizationPopup = {
  /** Sends the window on to the provider. */
  showAuthorizationServer: (authorizationUrl: string) => void;
  /** A fact while it is on our page. Later a hint: see `onSeemsClosed`. */
  seemsClosed: () => boolean;
  /** Closes the window while it is on our page. At the provider it is out of our hands, because disowned. */
  close: () => void;
  /**
   * Calls back once when the window seems to be gone. A hint, not a fact: a provider whose page sends
   * Cross-Origin-Opener-Policy cuts the window off, and then `closed` is true while the user looks at it.
   */
  onSeemsClosed: (callback: () => void, signal: AbortSignal) => void;
};

/**
 * Opens the sign-in window: empty if it goes on to the provider at once, else on a small page of our own. Call it
 * in the click itself: a browser blocks a window that opens after an awaited request. Returns undefined if the
 * window was blocked.
 */
export function openAuthorizationPopup({ isEmpty }: { isEmpty: boolean }): AuthorizationPopup | undefined {
  const left = Math.max(0, Math.round(window.screenX + (window.outerWidth - WIDTH) / 2));
  const top = Math.max(0, Math.round(window.screenY + (window.outerHeight - HEIGHT) / 2));
  // A new window for each attempt: with a shared name the second attempt would steal the first one's window.
  const popup = window.open(
    isEmpty ? 'about:blank' : WEB_PATHS.opening,
    '_blank',
    `popup,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`,
  );
  if (!popup) return undefined;
  // Disowned while it is still on a page of ours: no page it reaches later can navigate this tab. The price:
  // once it has left, this tab can neither close it nor bring it to the front.
  popup.opener = null;
  let isOurs = true;

  return {
    showAuthorizationServer(authorizationUrl) {
      isOurs = false;
      popup.location.replace(authorizationUrl);
    },
    seemsClosed: () => popup.closed,
    close() {
      if (isOurs) popup.close();
    },
    onSeemsClosed(callback, signal) {
      const timer = setInterval(() => {
        if (!popup.closed) return;
        clearInterval(timer);
        callback();
      }, CLOSED_POLL_MS);
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    },
  };
}
