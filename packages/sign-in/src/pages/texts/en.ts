/* The English texts of the two pages of the sign-in window. */

/** Shown in most windows. */
export const callback = {
  working: 'Signing you in…',
  done: 'Signed in. You can close this window.',
  denied: 'The sign-in wasn’t completed. You can close this window.',
  cancelled: 'The sign-in was cancelled. You can close this window.',
};

/** Shown if a sign-in does not end in the tab where it started. */
export const lateCallback = {
  ended: 'AIHubMix ended the sign-in. You can close this window.',
  unanswered: 'The page where you started signing in isn’t responding.',
  goneOn: 'The sign-in has continued in another tab. You can close this window.',
  finish: 'Finish signing in here',
  nothing: 'There is nothing to finish here.',
  home: 'Go to the app',
  cookiesBlocked:
    'This browser blocks cookies, so the sign-in can’t be finished. Allow cookies for this site, then sign in again.',
};

export const opening = {
  connecting: 'Connecting to AIHubMix…',
  nothingHappens: 'The app isn’t responding. Go back to it and try again.',
  home: 'Go to the app',
};
