/**
 * Opens a window or a tab of ours, and disowns it, so that no page it reaches later can navigate this one. Call it in
 * the click itself. Undefined if the browser blocked the window. Extensions and built-in browsers of apps replace
 * `window.open`. Anything else than a new window that can be steered counts as blocked, too.
 */
export function openWindow(url: string, features?: string): Window | undefined {
  try {
    // The headers that isolate this page (Cross-Origin-Opener-Policy with Cross-Origin-Embedder-Policy) cut it off from a
    // page without them. An empty window inherits them.
    const firstUrl = window.crossOriginIsolated ? '' : url;
    // `_blank`: with a name, a second sign-in would take over the window of the first one.
    const opened = window.open(firstUrl, '_blank', features);
    if (!opened || !isNewWindow(opened)) return undefined;
    opened.opener = null;
    return opened;
  } catch {
    return undefined;
  }
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
