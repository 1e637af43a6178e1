import { preferredLanguage } from '../preferred-language.ts';
import { OPENING_TEXTS } from './page-texts.ts';
import { nameOpenerPolicy } from './name-opener-policy.ts';
import { offeredLocales } from './offered-locales.ts';
import { showOnPage } from './show-on-page.ts';
import { showTheme } from './show-theme.ts';

/*
 * The script of the page that a new window shows until the tab that opened it sends it to the provider. Built-in browsers
 * of apps may show the page in place of the app, which then can't send it anywhere: the page offers the way back.
 */

/** A new window has no history, so this page has replaced the app. */
const IN_PLACE_OF_APP_AFTER_MS = 3_000;
const NAME_POLICY_AFTER_MS = 3_000;
/** Longer than the tab waits for the API before it closes the window. The tab is gone. */
const IN_WINDOW_AFTER_MS = 20_000;

const locale = preferredLanguage(offeredLocales());
const texts = OPENING_TEXTS[locale];
document.documentElement.lang = locale;

showTheme();
showOnPage(texts.connecting, { isBusy: true });

/** Without the policy, the tab has sent the window to the provider by now. */
setTimeout(() => void nameOpenerPolicy().catch(() => undefined), NAME_POLICY_AFTER_MS);
setTimeout(offerWayBack, history.length > 1 ? IN_PLACE_OF_APP_AFTER_MS : IN_WINDOW_AFTER_MS);

function offerWayBack(): void {
  showOnPage(texts.nothingHappens, { action: { text: texts.home, run: () => location.replace('/') } });
}
