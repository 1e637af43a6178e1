import { inAppBrowser } from './in-app-browser.ts';

const INSTALLED =
  '(display-mode: standalone), (display-mode: minimal-ui), (display-mode: window-controls-overlay)';

/**
 * How to sign in where the app did not choose. An app's built-in browser swallows a new window, and an installed web
 * app opens it in the browser, from where nothing comes back: there this tab goes to the provider itself.
 */
export function defaultSignInMode(): 'popup' | 'redirect' {
  return inAppBrowser(navigator.userAgent) !== undefined || matchMedia(INSTALLED).matches
    ? 'redirect'
    : 'popup';
}
