/* For the tests and stories of apps/web: the storage of an earlier page, and a client for pages in a frame. */

export { createBrowserClient } from '../src/create-sign-in-client.ts';
export { writeSessionMark } from '../src/session/session-mark.ts';
export { leaveSignInOutcome } from '../src/sign-in/sign-in-outcome.ts';
