import { canHandOver } from '../hand-over/hand-over-channel.ts';
import { inAppBrowser } from './in-app-browser.ts';

const INSTALLED =
  '(display-mode: standalone), (display-mode: minimal-ui), (display-mode: window-controls-overlay)';

/**
 * The mode, if the app did not ask for `redirect`. In an app's built-in browser a new window does not open. An installed
 * web app opens the window in the browser, which can't hand the response over to the app. A browser may also refuse
 * what the hand-over needs. All of them use this tab.
 */
export function defaultSignInMode(): 'popup' | 'redirect' {
  const canUseWindow =
    inAppBrowser(navigator.userAgent) === undefined && !matchMedia(INSTALLED).matches && canHandOver();
  return canUseWindow ? 'popup' : 'redirect';
}
