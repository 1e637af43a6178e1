/* What an earlier page has left in the storage, and a client for pages in a frame: for the tests and stories of an app. */

export { createBrowserClient } from '../src/create-sign-in-client.ts';
export { writeSessionMark } from '../src/session/session-mark.ts';
export { leaveSignInOutcome } from '../src/sign-in/sign-in-outcome.ts';
