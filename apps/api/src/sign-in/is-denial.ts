/**
 * Whether this `error` of an authorization response means that the user has refused: `access_denied` (RFC 6749 §4.1.2.1).
 * Providers also answer with the codes of OpenID Connect Core §3.1.2.6 if the user leaves their page without signing in,
 * choosing an account or consenting, and some say that the user has cancelled.
 */
export function isDenial(error: string): boolean {
  return DENIALS.has(error) || error.startsWith('user_cancelled') || error.startsWith('user_denied');
}

const DENIALS: ReadonlySet<string> = new Set([
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'login_required',
]);
