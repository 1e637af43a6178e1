/**
 * `PATHS.identityToken`. In a file of its own, because the web app loads the code that asks it only on demand.
 * @example
 * await fetch(apiOrigin + IDENTITY_TOKEN_PATH, { method: 'POST', credentials: 'include', headers: { 'X-CSRF': '1' } });
 */
export const IDENTITY_TOKEN_PATH = '/api/oauth/identity-token';
