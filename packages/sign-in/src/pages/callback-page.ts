import { preferredLocale } from '@oneclick/shared/preferred-locale';
import {
  type AuthorizationResponse,
  parseAuthorizationResponse,
} from '../hand-over/authorization-response.ts';
import { type AuthorizationResponseOffer, offerAuthorizationResponse } from '../hand-over/hand-over.ts';
import { takeSameTabAttempt } from '../sign-in/same-tab-attempt.ts';
import { leaveOutcome } from '../sign-in/sign-in-outcome.ts';
import { PAGE_TEXTS } from './page-texts.ts';

/*
 * The redirect URI. Takes the provider's answer out of the address, hands it over to the tab that began the
 * sign-in, says what happened, and closes itself. It needs no React and no schema library: it should be done
 * before anybody sees it.
 */

const UNANSWERED_AFTER_MS = 4_000;
const CLOSE_AFTER_MS = 400;

// First of all: the code leaves the address and the history (RFC 9700 §4.3.1).
const query = location.search;
history.replaceState(null, '', location.pathname);
// A name that the provider's page may have given the window.
window.name = '';

const locale = preferredLocale(navigator.languages, ['en', 'ko']);
const texts = PAGE_TEXTS[locale].callback;
document.documentElement.lang = locale;

// Left, and come back to (bfcache): whatever was going on here is over.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) showNothing();
});

/** Ends with what the button offers, when it comes to offer something else. */
let offered = new AbortController();

void run();

async function run(): Promise<void> {
  const response = parseAuthorizationResponse(query);
  // Framed, opened from a bookmark, reloaded: inert.
  if (window.top !== window || !response) return showNothing();

  show(texts.working, { isBusy: true });
  const sameTab = await takeSameTabAttempt(response.state);
  if (sameTab) return finish(response, sameTab);

  const offer = await offerAuthorizationResponse(response);
  window.addEventListener('pagehide', () => {
    clearTimeout(unanswered);
    offer.keep();
    offer.close();
  });
  // The tab is gone or frozen. Who has a window in front of them decides; the tab may still wake up and be first.
  const unanswered = setTimeout(() => {
    show(texts.unanswered, {
      action: { text: texts.finish, run: () => finishInsteadOfTab(response, offer) },
    });
  }, UNANSWERED_AFTER_MS);
  const outcome = await offer.outcome;
  clearTimeout(unanswered);
  show(outcome === 'refused' ? texts.cancelled : 'code' in response ? texts.done : texts.denied);
  // Works without an opener, too: a script opened this window.
  setTimeout(() => window.close(), CLOSE_AFTER_MS);
}

async function finishInsteadOfTab(
  response: AuthorizationResponse,
  offer: AuthorizationResponseOffer,
): Promise<void> {
  // Given away to a tab that died before it could say so: its sign-in is over, and another one begins at home.
  if (!offer.keep()) return goTo('/');
  await finish(response, { returnTo: '/' });
  offer.finished();
}

/** Makes the exchange from this window, and goes on to the app in it. */
async function finish(
  response: AuthorizationResponse,
  { returnTo, tookMs }: { returnTo: string; tookMs?: number },
): Promise<void> {
  show(texts.working, { isBusy: true });
  try {
    const { finishHere } = await import('./finish-here.ts');
    await finishHere(response, tookMs);
  } catch {
    // The script could not be fetched: no network, or a new version has taken its place.
    leaveOutcome({ code: 'api_unreachable' });
  }
  goTo(returnTo);
}

function goTo(path: string): void {
  location.replace(path);
}

function showNothing(): void {
  show(texts.nothing, { action: { text: texts.home, run: () => goTo('/') } });
}

function show(
  text: string,
  options: { isBusy?: boolean; action?: { text: string; run: () => void | Promise<void> } } = {},
): void {
  const main = document.querySelector('main')!;
  main.ariaBusy = String(options.isBusy ?? false);
  main.querySelector('p')!.textContent = text;
  const button = main.querySelector('button')!;
  const { action } = options;
  button.hidden = !action;
  button.textContent = action?.text ?? '';
  offered.abort();
  offered = new AbortController();
  if (!action) return;
  button.addEventListener('click', () => void action.run(), { once: true, signal: offered.signal });
}
