import { WEB_PATHS } from '@oneclick/shared/paths';

/**
 * Opens a window or a tab, and disowns it, so that no page it reaches can navigate this one. Call it in the click itself.
 * Undefined if the browser blocked the window. Extensions and built-in browsers of apps replace `window.open`. Anything
 * else than a new window that can be steered counts as blocked, too.
 *
 * @param url where it goes. Default: a page that waits until the caller knows the address
 * @param features the size and the place of a window. Without them, the browser opens a tab
 */
export function openWindow(url: string = waitingPage(), features?: string): Window | undefined {
  try {
    // `_blank`: with a name, a second sign-in would take over the window of the first one.
    const opened = window.open(url, '_blank', features);
    if (!opened || !isNewWindow(opened)) return undefined;
    // The browser replaces the initial empty document only after this task. So no other page has seen `opener`.
    opened.opener = null;
    return opened;
  } catch {
    return undefined;
  }
}

/**
 * A small page of ours. If this page is isolated, an empty window: Cross-Origin-Opener-Policy together with
 * Cross-Origin-Embedder-Policy cuts a page off from a page without them, and an empty window inherits both headers.
 */
function waitingPage(): string {
  return window.crossOriginIsolated ? '' : WEB_PATHS.opening;
}

/** A frame and the page itself are windows, too, but no new ones. */
function isNewWindow(opened: Window): boolean {
  return (
    opened !== window &&
    opened.top === opened &&
    !opened.closed &&
    typeof opened.close === 'function' &&
    typeof opened.location.replace === 'function'
  );
}
