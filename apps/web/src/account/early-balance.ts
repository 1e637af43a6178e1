import type { SignInClient } from '@oneclick/sign-in';
import { loadLanguage } from '../texts/language.ts';
import accountCss from './account.css?inline';

// The style of the account comes with this script, so that a visitor does not load it. Adopted: the Content-Security-Policy
// allows no new <style>.
const style = new CSSStyleSheet();
style.replaceSync(accountCss);
document.adoptedStyleSheets.push(style);

/**
 * Shows the balance among the shapes of the account as soon as the API has answered, with the elements of balance.tsx. After a
 * reload, the answer often comes before React has started.
 *
 * @param root contains the first screen `restoring`
 * @returns the undo. Call it before React takes over: React expects the first screen as the build has rendered it
 */
export function showEarlyBalance(
  root: HTMLElement,
  { subscribe, getSession, getInitialUserinfo }: SignInClient,
): () => void {
  const shape = root.querySelector('.skeleton.figure');
  const name = document.createElement('dt');
  const number = document.createElement('dd');
  Object.assign(number, { translate: false, dir: 'auto' });
  number.dataset['testid'] = 'balance';
  const list = document.createElement('dl');
  list.append(name, number);
  const figure = document.createElement('div');
  figure.className = 'figure';
  figure.append(list);

  let hasEnded = false;

  function show(): void {
    const session = getSession();
    const initial = session.isSignedIn ? getInitialUserinfo(session.sessionId) : undefined;
    const balance = initial?.userinfo.balance_formatted;
    if (hasEnded || balance === undefined || !name.textContent) return hide();
    number.textContent = balance;
    number.style.setProperty('--length', String(balance.length));
    shape?.replaceWith(figure);
    // The animation hides the shapes for 200 ms. It ends here, and `hide` does not start it again, because the shapes are on the
    // screen by then.
    root.style.animation = 'none';
  }

  function hide(): void {
    if (shape) figure.replaceWith(shape);
  }

  const stop = subscribe(show);
  async function showName(): Promise<void> {
    const { locale } = root.dataset;
    const { texts } = await loadLanguage(locale);
    if (locale !== root.dataset['locale']) return;
    name.textContent = texts.app.balance;
    show();
  }
  // The page itself shows that a script could not be loaded.
  const showNameIfLoaded = () => void showName().catch(() => undefined);
  // After the listener of the first screen, which changes its language.
  root.addEventListener('change', showNameIfLoaded);
  showNameIfLoaded();
  return () => {
    hasEnded = true;
    stop();
    root.removeEventListener('change', showNameIfLoaded);
    hide();
  };
}
