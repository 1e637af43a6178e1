/**
 * Whether the user blocks the cookies of this site. Every sign-in would then fail: the API recognizes the browser by its
 * cookies. Says nothing about the cookies of an API on another site.
 */
export function areCookiesBlocked(): boolean {
  return !navigator.cookieEnabled;
}
