/*
 * The syntax of the parameters of an authorization response. In a file without the schema library, so that the
 * callback page stays small.
 */

/**
 * `state`: 256 bits in base64url. Checked before it becomes part of a cookie name or a channel name.
 * @example STATE.test(parameters.get('state') ?? '')
 */
export const STATE = /^[A-Za-z0-9_-]{43}$/;

/**
 * `code` (RFC 6749 Appendix A.11: 1*VSCHAR). The maximum length is ours.
 * @example AUTHORIZATION_CODE.test(parameters.get('code') ?? '')
 */
export const AUTHORIZATION_CODE = /^[\x20-\x7e]{1,2048}$/;

/**
 * `error` (RFC 6749 Appendix A.7: 1*NQSCHAR). The maximum length is ours.
 * @example AUTHORIZATION_ERROR.test(parameters.get('error') ?? '')
 */
export const AUTHORIZATION_ERROR = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,128}$/;
