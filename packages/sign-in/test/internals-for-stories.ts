/* For the tests and stories of apps/web: the storage of an earlier page, a client for pages in a frame, and the window's pages. */

export { createBrowserClient } from '../src/create-sign-in-client.ts';
export { writeSessionMark } from '../src/session/session-mark.ts';
export { leaveSignInOutcome } from '../src/sign-in/sign-in-outcome.ts';
export { default as callbackHtml } from '../src/pages/callback.html?raw';
export { default as openingHtml } from '../src/pages/opening.html?raw';
export { CALLBACK_TEXTS, LATE_CALLBACK_TEXTS, OPENING_TEXTS } from '../src/pages/page-texts.ts';
export { showOnPage } from '../src/pages/show-on-page.ts';
