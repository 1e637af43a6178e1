import { isFaultCode } from '../api/fault.ts';
import { leaveOutcome } from '../sign-in/sign-in-outcome.ts';
import { readSessionMark, writeSessionMark } from './session-mark.ts';

/**
 * Takes out of the address what the server-side flow (`GET /oauth/callback` of the API) ended with: `login=success`
 * or `error`, a code. It says only where to look: whether somebody is signed in, the API will tell.
 */
export function takeServerSideOutcome(): void {
  const url = new URL(location.href);
  const login = url.searchParams.get('login');
  const error = url.searchParams.get('error');
  if (login === null && error === null) return;

  // Who has signed out stays so until the API knows: such an address can be anybody's link. And who is signed in
  // stays that too, whatever became of the attempt.
  if (readSessionMark() === 'none') {
    if (login === 'success') writeSessionMark('signed-in');
    if (isFaultCode(error)) leaveOutcome({ code: error });
  }

  url.searchParams.delete('login');
  url.searchParams.delete('error');
  history.replaceState(history.state, '', url);
}
