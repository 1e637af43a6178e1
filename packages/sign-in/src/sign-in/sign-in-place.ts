import { inAppBrowser } from './in-app-browser.ts';

const INSTALLED =
  '(display-mode: standalone), (display-mode: minimal-ui), (display-mode: window-controls-overlay)';

/**
 * Where a sign-in takes place. An app's built-in browser swallows a new window; an installed web app opens it in
 * the browser, from where nobody comes back. There this tab goes to the provider itself.
 */
export function signInPlace(): 'window' | 'tab' {
  return inAppBrowser(navigator.userAgent) !== undefined || matchMedia(INSTALLED).matches ? 'tab' : 'window';
}
