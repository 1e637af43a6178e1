/** Of the API's paths those that the web app asks: apart, so that it carries no others. */
export const BROWSER_PATHS = {
  start: '/api/oauth/start',
  exchangeToken: '/api/oauth/exchange-token',
  session: '/api/oauth/session',
  refreshToken: '/api/oauth/refresh-token',
  logout: '/api/oauth/logout',
  userinfo: '/api/oauth/userinfo',
  topup: '/api/oauth/topup',
} as const;

/** Where the API answers, below its origin. The web app, the API and the tests take the paths from here. */
export const PATHS = {
  ...BROWSER_PATHS,
  /** The server-side flow, where it is configured: the page itself goes to the provider and comes back signed in. */
  serverSideStart: '/auth/oauth/start',
  serverSideCallback: '/oauth/callback',
  /** The userinfo of whoever the session cookie says is signed in, for pages that hold no access token. */
  sessionUserinfo: '/api/user/info',
  healthz: '/healthz',
  readyz: '/readyz',
  metrics: '/metrics',
  openapi: '/api/openapi.json',
  /** The same to read: a page. */
  docs: '/api/docs',
} as const;

/** Where the web app keeps the two pages that the sign-in window shows, below the web origin. */
export const WEB_PATHS = {
  /** The page of our own on which the window opens, before it goes to the provider. */
  opening: '/oauth/opening.html',
  /** The redirect URI: receives the authorization response and hands it over. */
  callback: '/oauth/callback.html',
} as const;

/**
 * Carried by every request to a route that reads a cookie. A form, an image or a link of another site can't
 * send it, and a script of another site can't send it without a preflight.
 * @see RFC 10017 §6.1.3.3.2
 */
export const CSRF_HEADER = { name: 'X-CSRF', value: '1' } as const;
