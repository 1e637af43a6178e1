/*
 * What the parts of an authorization response may look like. Apart from the schemas, so that the callback page
 * can check them without a schema library.
 */

/** 256 bits in base64url. Checked before it names a cookie or a channel. */
export const STATE = /^[A-Za-z0-9_-]{43}$/;

/** RFC 6749 Appendix A.11: 1*VSCHAR; the length is our bound. */
export const AUTHORIZATION_CODE = /^[\x20-\x7e]{1,2048}$/;

/** RFC 6749 Appendix A.7: 1*NQSCHAR; the length is our bound. */
export const AUTHORIZATION_ERROR = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,128}$/;
