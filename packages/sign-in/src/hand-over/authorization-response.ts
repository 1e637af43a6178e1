import { AUTHORIZATION_CODE, AUTHORIZATION_ERROR, STATE } from '@oneclick/shared/patterns';
import { recordFrom } from '../api/record.ts';

/**
 * What the provider sent back to the redirect URI.
 * @see RFC 6749 §4.1.2 and §4.1.2.1
 */
export type AuthorizationResponse = { state: string } & ({ code: string } | { error: string });

/**
 * Reads an authorization response from the query of the redirect URI. Undefined if it is none.
 * Parameters that we don't know (`iss`, `session_state`) are ignored; one that we know and that is there
 * twice makes the response invalid (RFC 6749 §3.1).
 */
export function parseAuthorizationResponse(query: string): AuthorizationResponse | undefined {
  const parameters = new URLSearchParams(query);
  if (['state', 'error', 'code'].some((name) => parameters.getAll(name).length > 1)) return undefined;
  return authorizationResponse({
    state: parameters.get('state'),
    ...(parameters.has('error') ? { error: parameters.get('error') } : { code: parameters.get('code') }),
  });
}

/** Checks what came as a message from another window. Copies the known fields and drops the rest. */
export function authorizationResponse(value: unknown): AuthorizationResponse | undefined {
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
