/**
 * The name of the cookie that tells a page whether its browser has a session cookie. A page can't read the session
 * cookie itself, which is HttpOnly. `__Host-`: over https, only this host can set the cookie, so no other host of the
 * site can plant it. Cookies ignore ports, so on an http loopback host the name contains the port of the API.
 *
 * @param api the address of the API, as the browser sees it
 * @example
 * sessionHintName(new URL('https://app.example.com')) // '__Host-oneclick-session'
 */
export function sessionHintName({ protocol, port }: Pick<URL, 'protocol' | 'port'>): string {
  return protocol === 'https:' ? '__Host-oneclick-session' : `oneclick-session_${port || '80'}`;
}
