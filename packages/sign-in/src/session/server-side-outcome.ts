import { isSignInErrorCode } from '../sign-in-error.ts';
import { leaveSignInOutcome } from '../sign-in/sign-in-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

/**
 * Takes the outcome of the server-side flow (`GET /oauth/callback` of the API) out of the address: `login=success`, or
 * `error` with a code. It only says where to look: the API says whether somebody is signed in.
 */
export function takeServerSideOutcome(): void {
  const url = new URL(location.href);
  const login = url.searchParams.get('login');
  const error = url.searchParams.get('error');
  if (login === null && error === null) return;

  // Anybody can make a link with these parameters. So it changes nothing while a sign-out is pending or somebody is
  // signed in.
  if (readSessionMark() === 'none') {
    if (login === 'success') writeSessionMark('signed-in');
    if (isSignInErrorCode(error)) leaveSignInOutcome({ code: error });
  }

  url.searchParams.delete('login');
  url.searchParams.delete('error');
  history.replaceState(history.state, '', url);
}
