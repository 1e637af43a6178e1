import type { StartResponse, TokenResponse } from '@oneclick/shared/messages';
import { STATE } from '@oneclick/shared/patterns';
import { recordFrom } from './record.ts';

/*
 * The two answers of the API that the sign-in needs before React is there, checked without the schema library,
 * which comes with React. The test holds them to the schemas of the contract.
 */

/** @throws if it is none */
export function parseTokenResponse(body: unknown): TokenResponse {
  const { access_token, token_type, expires_in, scope, session_id } = recordFrom(body);
  if (
    isText(access_token) &&
    token_type === 'Bearer' &&
    isWhole(expires_in) &&
    typeof scope === 'string' &&
    isText(session_id)
  ) {
    return { access_token, token_type, expires_in, scope, session_id };
  }
  throw new TypeError('not a token response');
}

/** @throws if it is none */
export function parseStartResponse(body: unknown): StartResponse {
  const { authorizationUrl, state, expiresIn } = recordFrom(body);
  if (
    typeof authorizationUrl === 'string' &&
    isText(state) &&
    STATE.test(state) &&
    isWhole(expiresIn) &&
    expiresIn > 0
  ) {
    return { authorizationUrl, state, expiresIn };
  }
  throw new TypeError('not a start response');
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
