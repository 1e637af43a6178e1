import {
  type AuthorizationResponse,
  authorizationResponseFromQuery,
  errorWithoutState,
} from '../hand-over/authorization-response.ts';
import { areCookiesBlocked } from '../are-cookies-blocked.ts';
import { openChannelNamed } from '../hand-over/hand-over-channel.ts';
import { type HandOver, handOverFromCallbackPage } from '../hand-over/hand-over-from-callback-page.ts';
import { hasGoneOnInTab, takeSameTabTransaction, takeTransactionWithoutState } from '../sign-in/same-tab.ts';
import { preferredLanguage } from '../preferred-language.ts';
import { leaveSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { CALLBACK_TEXTS, type LateCallbackTexts } from './page-texts.ts';
import { offeredLocales } from './offered-locales.ts';
import { showOnPage } from './show-on-page.ts';
import { showTheme } from './show-theme.ts';

/*
 * The script of the redirect URI. It takes the authorization response out of the address, hands it over to the tab in
 * which the user clicked, shows the outcome, and closes the window. It loads no React and no schema library, so that
 * the window is closed before the user has read it.
 */

const UNANSWERED_AFTER_MS = 4_000;
/** For a window whose sign-in has continued in the tab. The tab still answers until it has left for the provider. */
const GONE_ON_AFTER_MS = 500;
const CLOSE_AFTER_MS = 400;

// First of all: the code leaves the address and the history (RFC 9700 §4.3.1).
const query = location.search;
history.replaceState(null, '', location.pathname);
// The provider's page may have given the window a name.
window.name = '';

const locale = preferredLanguage(offeredLocales());
const texts = CALLBACK_TEXTS[locale];
document.documentElement.lang = locale;
showTheme();

// Back to a page that the browser kept (bfcache): its sign-in has ended.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) showNothing();
});

interface LateAction {
  text: keyof LateCallbackTexts;
  run: () => void | Promise<void>;
}
const GO_HOME: LateAction = { text: 'home', run: () => goTo('/') };

/** Changes with each text that is shown, so that a late one does not replace a newer one. */
let shown = 0;

void run();

async function run(): Promise<void> {
  const response = authorizationResponseFromQuery(query);
  const error = errorWithoutState(query);
  const isFramed = window.top !== window;
  if (error !== undefined && !isFramed) return endWithoutState(error);
  // In a frame, opened from a bookmark, reloaded: there is nothing to finish.
  if (isFramed || !response) return showNothing();
  if (areCookiesBlocked()) return showLate('cookiesBlocked', GO_HOME);

  show('working');
  const sameTab = await takeSameTabTransaction(response.state);
  if (sameTab) return finish(response, sameTab);

  const handOver = await handOverFromCallbackPage(response).catch(() => undefined);
  // The browser refuses the hand-over. No tab can answer.
  if (!handOver) return offerToFinish('unanswered', () => finish(response, { returnTo: '/' }));
  const hasGoneOn = await hasGoneOnInTab(response.state);
  window.addEventListener('pagehide', () => {
    clearTimeout(unanswered);
    handOver.keep();
    handOver.close();
  });
  // The tab is gone or frozen. The user may finish here; the tab may still wake up and be first.
  const unanswered = setTimeout(
    () => offerToFinish(hasGoneOn ? 'goneOn' : 'unanswered', () => finishInsteadOfTab(response, handOver)),
    hasGoneOn ? GONE_ON_AFTER_MS : UNANSWERED_AFTER_MS,
  );
  const outcome = await handOver.outcome;
  clearTimeout(unanswered);
  show(outcome === 'refused' ? 'cancelled' : 'code' in response ? 'done' : 'denied');
  closeSoon();
}

/** Ends the transaction of this window or tab. Without one, the error is from a link, and ends nothing. */
function endWithoutState(error: string): void {
  void showLate('ended', GO_HOME);
  const transaction = takeTransactionWithoutState();
  if (!transaction) return;
  if ('returnTo' in transaction) {
    leaveSignInOutcome({ code: error === 'access_denied' ? 'authorization_denied' : 'authorization_failed' });
    return goTo(transaction.returnTo);
  }
  const channel = openChannelNamed(transaction.channelName, ({ type }) => {
    if (type === 'acknowledged') closeSoon();
  });
  channel.post({ v: 1, type: 'ended', error });
}

/** Works without an opener, too: a script opened this window. */
function closeSoon(): void {
  setTimeout(() => window.close(), CLOSE_AFTER_MS);
}

function offerToFinish(text: keyof LateCallbackTexts, finishThis: () => Promise<void>): void {
  void showLate(text, { text: 'finish', run: finishThis });
}

async function finishInsteadOfTab(response: AuthorizationResponse, handOver: HandOver): Promise<void> {
  // A tab has the response and was closed before it could answer. The user starts again in the app.
  if (!handOver.keep()) return goTo('/');
  await finish(response, { returnTo: '/' });
  handOver.finished();
}

/** Exchanges the code from this window, and goes to the app in it. */
async function finish(
  response: AuthorizationResponse,
  { returnTo, tookMs }: { returnTo: string; tookMs?: number },
): Promise<void> {
  show('working');
  try {
    // Loaded on demand: most windows hand over and close.
    const { finishHere } = await import('./finish-here.ts');
    await finishHere(response, tookMs);
  } catch {
    // The script could not be loaded: no network, or a newer version has replaced it.
    leaveSignInOutcome({ code: 'api_unreachable' });
  }
  goTo(returnTo);
}

function goTo(path: string): void {
  location.replace(path);
}

function showNothing(): void {
  void showLate('nothing', GO_HOME);
}

function show(text: keyof typeof texts): void {
  shown += 1;
  showOnPage(texts[text], { isBusy: text === 'working' });
}

/** Shows a text that most windows never show, and therefore loads the texts first. */
async function showLate(text: keyof LateCallbackTexts, action: LateAction): Promise<void> {
  shown += 1;
  const number = shown;
  try {
    const { LATE_CALLBACK_TEXTS } = await import('./late-callback-texts.ts');
    const late = LATE_CALLBACK_TEXTS[locale];
    if (number === shown) showOnPage(late[text], { action: { ...action, text: late[action.text] } });
  } catch {
    // The network failed, or a newer version has replaced this one. The app can say more.
    goTo('/');
  }
}
