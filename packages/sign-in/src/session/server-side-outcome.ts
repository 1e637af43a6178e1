import { type ErrorDetails, isSignInErrorCode } from '../sign-in-error.ts';
import { leaveSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

/**
 * Takes the outcome of the server-side flow (`GET /oauth/callback` of the API) out of the address: `login=success`, or
 * `error` with a code. Both make the client ask the API, which says whether somebody is signed in.
 * @returns the error, to be shown only if nobody is signed in. If a browser requests the callback twice, the first answer
 * signs in, and the second one is an error
 */
export function takeServerSideOutcome(): ErrorDetails | undefined {
  const url = new URL(location.href);
  const login = url.searchParams.get('login');
  const error = url.searchParams.get('error');
  if (login === null && error === null) return undefined;

  url.searchParams.delete('login');
  url.searchParams.delete('error');
  history.replaceState(history.state, '', url);

  // Anybody can make a link with these parameters. It must not undo a sign-out that is pending.
  if (readSessionMark() === 'sign-out-pending') return undefined;
  if (login === 'success') {
    writeSessionMark('signed-in');
    leaveSignInOutcome({ isCompleted: true });
  }
  return isSignInErrorCode(error) ? { code: error } : undefined;
}

/** Whether the address contains an outcome of the server-side flow that {@link takeServerSideOutcome} has not taken. */
export function hasServerSideOutcome(): boolean {
  const { searchParams } = new URL(location.href);
  return searchParams.has('login') || searchParams.has('error');
}
