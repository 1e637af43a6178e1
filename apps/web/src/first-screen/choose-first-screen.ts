import { preferredLanguage, rememberLanguage } from '@oneclick/sign-in';
import { followTheme, showTheme } from '../appearance/theme.ts';
import {
  APP_NOT_LOADED,
  type FirstScreen,
  firstScreenLocales,
  LANGUAGE_SELECT,
  showFirstScreen,
  translateFirstScreen,
} from './first-screen.ts';

/*
 * The inline script of `index.html`. It runs before the browser paints: a visitor sees the sign-in button at
 * once, and a user who may be signed in sees the shapes of the account after 200 ms.
 */

const root = document.querySelector<HTMLElement>('#root')!;
let locale = preferredLanguage(firstScreenLocales());
const show = (screen: FirstScreen) => showFirstScreen(root, screen, locale);

// The first script of the page has asked for the session that the browser remembers, if there may be one.
if ('oneclickEarlySession' in globalThis) {
  show('restoring');
} else {
  show('signed-out');
  document.documentElement.dataset['session'] = 'signed-out';
  // For a click before the next script has loaded, which answers it then.
  const button = root.querySelector('button');
  button?.addEventListener('click', () => (root.dataset['clicked'] = ''), { once: true });
}

followTheme();

root.addEventListener('change', ({ target }) => {
  const isLanguage = target instanceof HTMLSelectElement && target.matches(LANGUAGE_SELECT);
  // Once React has taken over, it answers the control.
  if (!isLanguage || root.dataset['screen'] === undefined) return;
  locale = target.value;
  rememberLanguage(locale);
  translateFirstScreen(root, locale);
});

// The network failed, a new version has replaced this one, or the app is below a path, where it finds none of its files.
function showNotLoaded(): void {
  show('not-loaded');
  showTheme();
  root.querySelector('button')?.addEventListener('click', () => location.reload());
  root.querySelector<HTMLElement>('[data-testid="not-at-root"]')!.hidden = /^\/(?:index\.html)?$/.test(
    location.pathname,
  );
}
root.addEventListener(APP_NOT_LOADED, showNotLoaded);
document.querySelector('script[src]')?.addEventListener('error', showNotLoaded);
