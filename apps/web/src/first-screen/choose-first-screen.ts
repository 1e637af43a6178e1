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
  // Until the next script has loaded, which answers the click then.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- A property, so that the next script can remove it.
  root.onclick = ({ target }) => {
    if (target instanceof Element && target.closest('button')) root.dataset['clicked'] = '';
  };
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
