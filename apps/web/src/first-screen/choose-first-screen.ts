import { inAppBrowser, mayHaveSession } from '@oneclick/sign-in';
import { APP_NOT_LOADED, showFirstScreen } from './first-screen.ts';

/*
 * The inline script of `index.html`. It runs before the browser paints: a visitor sees the sign-in button, and a user
 * who may be signed in sees the shapes of the account.
 */

const root = document.querySelector<HTMLElement>('#root')!;

if (mayHaveSession()) {
  showFirstScreen(root, 'restoring');
} else {
  const appName = inAppBrowser(navigator.userAgent);
  showFirstScreen(root, appName === undefined ? 'signed-out' : 'signed-out-in-app', appName);
  document.documentElement.dataset['session'] = 'signed-out';
  // For a click before the next script has loaded, which answers it then.
  const button = root.querySelector('button');
  button?.addEventListener('click', () => (root.dataset['clicked'] = ''), { once: true });
}

// The network failed, a new version has replaced this one, or the app is below a path, where it finds none of its files.
function showNotLoaded(): void {
  showFirstScreen(root, 'not-loaded');
  root.querySelector('button')?.addEventListener('click', () => location.reload());
  root.querySelector<HTMLElement>('[data-testid="not-at-root"]')!.hidden = /^\/(?:index\.html)?$/.test(
    location.pathname,
  );
}
root.addEventListener(APP_NOT_LOADED, showNotLoaded);
document.querySelector('script[src]')?.addEventListener('error', showNotLoaded);
