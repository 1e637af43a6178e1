import { openerPolicyOf } from '../sign-in/is-cut-off-from-window.ts';

/**
 * Names the Cross-Origin-Opener-Policy of this page, if it cuts the window off from the app. For the operator of the app, so in
 * English. The tab can't show it: it has left for the provider.
 */
export async function nameOpenerPolicy(): Promise<void> {
  const [ofApp, ofThisPage] = await Promise.all(['/', location.pathname].map(openerPolicyOf));
  if (ofThisPage !== 'same-origin' || ofApp === 'same-origin') return;
  const hint = document.createElement('p');
  hint.lang = 'en';
  hint.textContent =
    `If you operate this app: ${location.pathname} is sent with "Cross-Origin-Opener-Policy: same-origin", and the app is not. ` +
    'So the app cannot reach this window. Send no such header with the pages below /oauth/.';
  document.querySelector('main')!.append(hint);
}
