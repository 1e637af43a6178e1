import { PATHS } from '@oneclick/shared/paths';
import { createApiClient } from '../auth/api-client.ts';
import { type AuthorizationResponse, parseAuthorizationResponse } from '../auth/authorization-response.ts';
import { handOverAuthorizationResponse } from '../auth/hand-over.ts';
import { leaveOutcome, takeSameTabAttempt } from '../auth/same-tab-attempt.ts';
import { writeSessionMark } from '../auth/session-mark.ts';
import { apiOrigin } from '../config.ts';
import { Fault } from '../fault.ts';
import { callback as en } from '../texts/window/en.json';
import { callback as ko } from '../texts/window/ko.json';
import { preferredLocale } from '../texts/locale.ts';

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

const locale = preferredLocale(navigator.languages);
const texts = { en, ko }[locale];
document.documentElement.lang = locale;

void run();

async function run(): Promise<void> {
  const response = parseAuthorizationResponse(query);
  // Framed, opened from a bookmark, reloaded: inert.
  if (window.top !== window || !response) return showNothing();

  show(texts.working, { isBusy: true });
  const sameTab = await takeSameTabAttempt(response.state);
  if (sameTab) return finishHere(response, sameTab.returnTo);

  const outcome = await handOverAuthorizationResponse(response, { timeoutMs: UNANSWERED_AFTER_MS });
  if (outcome !== 'unanswered') {
    show(outcome === 'refused' ? texts.cancelled : 'code' in response ? texts.done : texts.denied);
    // Works without an opener, too: a script opened this window.
    setTimeout(() => window.close(), CLOSE_AFTER_MS);
    return;
  }
  // The tab is gone or frozen. Who has a window in front of them decides; nobody else knows of this attempt.
  show(texts.unanswered, { action: { text: texts.finish, run: () => finishHere(response, '/') } });
}

/** Makes the exchange from this window, and goes on to the app in it. */
async function finishHere(response: AuthorizationResponse, returnTo: string): Promise<void> {
  show(texts.working, { isBusy: true });
  try {
    // What comes back is left alone: the app asks for a token of its own when it has loaded.
    await createApiClient({ origin: apiOrigin }).post(PATHS.exchangeToken, {
      body: response,
      parse: () => undefined,
    });
    writeSessionMark('signed-in');
  } catch (error) {
    leaveOutcome(Fault.from(error).notice);
  }
  location.replace(returnTo);
}

function showNothing(): void {
  show(texts.nothing, { action: { text: texts.home, run: () => location.replace('/') } });
}

function show(
  text: string,
  options: { isBusy?: boolean; action?: { text: string; run: () => void | Promise<void> } } = {},
): void {
  const main = document.querySelector('main')!;
  main.ariaBusy = String(options.isBusy ?? false);
  main.querySelector('p')!.textContent = text;
  const button = main.querySelector('button')!;
  button.hidden = !options.action;
  if (!options.action) return;
  const { action } = options;
  button.textContent = action.text;
  button.addEventListener('click', () => void action.run(), { once: true });
}
