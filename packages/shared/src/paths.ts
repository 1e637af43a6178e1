import { IDENTITY_TOKEN_PATH } from './identity-token-path.ts';

/**
 * `PATHS.session`. Separate so that the inline script of the app's page, which asks nothing else, contains no other path.
 * @example
 * await fetch(apiOrigin + SESSION_PATH, { method: 'POST', credentials: 'include', headers: { 'X-CSRF': '1' } });
 */
export const SESSION_PATH = '/api/oauth/session';

/**
 * The paths that the web app calls. Kept separate so that the web bundle does not contain the others.
 * @example
 * await fetch(apiOrigin + WEB_APP_CALLS.userinfo, { headers: { Authorization: `Bearer ${accessToken}` } });
 */
export const WEB_APP_CALLS = {
  /** POST. Creates a transaction: state, PKCE verifier, authorization URL. */
  start: '/api/oauth/start',
  /** POST. The authorization code grant (RFC 6749 §4.1.3). The path keeps its name; RFC 8693 is another grant. */
  exchangeToken: '/api/oauth/exchange-token',
  /** POST. Returns the access token of the session cookie, and refreshes it only if it is due. */
  session: SESSION_PATH,
  /** POST. Refreshes the access token now (RFC 6749 §6). */
  refreshToken: '/api/oauth/refresh-token',
  /** POST. Ends the session. */
  logout: '/api/oauth/logout',
  /** GET with a bearer token. */
  userinfo: '/api/oauth/userinfo',
  /** GET with a bearer token. */
  topup: '/api/oauth/topup',
} as const;

/**
 * The paths of the API, below its origin. The web app, the API and the tests all take them from here.
 *
 * @example
 * await fetch(apiOrigin + PATHS.session, { method: 'POST', credentials: 'include', headers: { 'X-CSRF': '1' } });
 */
export const PATHS = {
  ...WEB_APP_CALLS,

  /** GET with the session cookie, for pages without an access token. */
  sessionUserinfo: '/api/user/info',

  /** POST. Returns a token that tells the app's own servers who is signed in. */
  identityToken: IDENTITY_TOKEN_PATH,
  /** GET. The public keys with which those servers check the token. */
  jwks: '/api/oauth/jwks.json',

  /** GET. The server-side flow: redirects the page to the provider. Only where the flow is configured. */
  serverSideStart: '/auth/oauth/start',
  /** GET. The redirect URI of the server-side flow. */
  serverSideCallback: '/oauth/callback',

  /** GET. The process is alive. */
  healthz: '/healthz',
  /** GET. The instance can serve requests. */
  readyz: '/readyz',
  /** GET. Metrics for Prometheus. */
  metrics: '/metrics',
  /** GET. The OpenAPI document. */
  openapi: '/api/openapi.json',
  /** GET. The OpenAPI document as a page. */
  docs: '/api/docs',
} as const;

/**
 * The two pages that the sign-in window shows, below the origin of the web app.
 * @example
 * window.open(WEB_PATHS.opening, '_blank');
 */
export const WEB_PATHS = {
  /** The first page of the window. The window leaves it for the provider. */
  opening: '/oauth/opening.html',
  /** The redirect URI (RFC 6749 §3.1.2): receives the authorization response and hands it over to the tab. */
  callback: '/oauth/callback.html',
} as const;

/**
 * The header that every request to a cookie route carries. A form, an image or a link of another site can't
 * send it, and a script of another site can't send it without a preflight.
 * @see RFC 10017 §6.1.3.3.2
 * @example
 * headers.set(CSRF_HEADER.name, CSRF_HEADER.value);
 */
export const CSRF_HEADER = { name: 'X-CSRF', value: '1' } as const;

/**
 * The query of `exchange-token` and `session` with which a page asks for the account in the token response. An older
 * API ignores it.
 * @example
 * await fetch(`${PATHS.session}?${new URLSearchParams(INCLUDE_USERINFO).toString()}`, { method: 'POST' });
 */
export const INCLUDE_USERINFO = { include: 'userinfo' } as const;
