import { AUTHORIZATION_CODE, AUTHORIZATION_ERROR, STATE } from '@oneclick/shared/patterns';
import { recordFrom } from '../record.ts';

/**
 * What the provider sent to the redirect URI.
 * @see RFC 6749 §4.1.2 and §4.1.2.1
 */
export type AuthorizationResponse = { state: string } & ({ code: string } | { error: string });

/**
 * Reads the authorization response from the query of the redirect URI. Undefined if there is none. Unknown parameters
 * (`iss`, `session_state`) are ignored; a known one that occurs twice makes the response invalid (RFC 6749 §3.1).
 */
export function authorizationResponseFromQuery(query: string): AuthorizationResponse | undefined {
  const parameters = new URLSearchParams(query);
  if (['state', 'error', 'code'].some((name) => parameters.getAll(name).length > 1)) return undefined;
  return parseAuthorizationResponse({
    state: parameters.get('state'),
    ...(parameters.has('error') ? { error: parameters.get('error') } : { code: parameters.get('code') }),
  });
}

/**
 * Reads an error that the provider has sent without `state`, which RFC 6749 §4.1.2.1 requires. Undefined if there is
 * none. Anyone can make a link with it, so it proves nothing by itself.
 */
export function errorWithoutState(query: string): string | undefined {
  const parameters = new URLSearchParams(query);
  const [error, ...others] = parameters.getAll('error');
  return !parameters.get('state') && matches(error, AUTHORIZATION_ERROR) && others.length === 0
    ? error
    : undefined;
}

/** Checks a response that another window has sent. Copies the known fields. */
export function parseAuthorizationResponse(value: unknown): AuthorizationResponse | undefined {
  const { state, error, code } = recordFrom(value);
  // `state` before `error` before `code`.
  if (!matches(state, STATE)) return undefined;
  if (matches(error, AUTHORIZATION_ERROR)) return { state, error };
  if (error === undefined && matches(code, AUTHORIZATION_CODE)) return { state, code };
  return undefined;
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
